import { shown } from '../../kit/shortText.ts';
import { field, isObject, textAt } from './fields.ts';
import { bothReadings } from './keyReadings.ts';
import type { Place, Reading } from './reading.ts';
import { remedies } from './remedies.ts';
import { detailsOf } from './s3.ts';

/** What S3 tells there besides new content: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html */
const withoutContent: ReadonlySet<string> = new Set([
  'Object Deleted',
  'Object Restore Initiated',
  'Object Restore Expired',
  'Object Storage Class Changed',
  'Object Access Tier Changed',
  'Object ACL Updated',
  'Object Tags Added',
  'Object Tags Deleted',
]);

/**
 * An event of EventBridge, or its detail alone, as a rule with an input path puts it out.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
export function readEventBridge(event: object, at: Place, reading: Reading): boolean {
  const type = textAt(event, 'detail-type');
  if (type === undefined) {
    // A transformer may leave `detail` in place and take the rest away.
    const detail = field(event, 'detail');
    return readDetail(event, reading) || (isObject(detail) && readDetail(detail, reading));
  }
  const source = textAt(event, 'source') ?? '';
  const detail = field(event, 'detail');
  const name = (): string => `EventBridge event ${shown(type)}`;
  if (type.endsWith(' via CloudTrail')) {
    reading.fault(() => `${name()} holds the event itself, not the place of a log file`, remedies.apiCall);
  } else if (withoutContent.has(type)) {
    reading.nothing(`${name()}, which announces no new object`);
  } else if (source === 'aws.config') {
    reading.nothing(`${name()} of AWS Config, which announces no log file`);
  } else if (readDetail(detail, reading)) {
    // Any other event about an object is read, known or not: a duplicate is suppressed, a loss is not.
    return true;
  } else if (source === 'aws.s3' || type.startsWith('Object ')) {
    reading.fault(() => `${name()} names no S3 object`, remedies.unknown);
  } else if (source.startsWith('aws.') || detail === undefined) {
    reading.fault(() => `${name()} is not about a new object in S3`, remedies.unknown);
  } else {
    reading.look(detail, { name: () => `the detail of ${name()}`, depth: at.depth + 1 });
  }
  return true;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function readDetail(detail: unknown, reading: Reading): boolean {
  const bucket = textAt(detail, 'bucket', 'name');
  const object = field(detail, 'object');
  const key = textAt(object, 'key');
  if (bucket === undefined || key === undefined) return false;
  if (field(detail, 'deletion-type') !== undefined || field(detail, 'destination-storage-class') !== undefined) {
    reading.nothing('an EventBridge event about an object that was deleted or moved, which announces no new object');
  } else if (isSecurityLake(bucket, key, textAt(detail, 'requester'))) {
    reading.fault(() => 'an EventBridge event announces a Security Lake object', remedies.securityLake);
  } else {
    reading.announce({ bucket, ...bothReadings(key), ...detailsOf(object) });
  }
  return true;
}

/** https://docs.aws.amazon.com/security-lake/latest/userguide/subscriber-data-access.html */
function isSecurityLake(bucket: string, key: string, requester: string | undefined): boolean {
  return (
    requester === 'securitylake.amazonaws.com' ||
    bucket.startsWith('aws-security-data-lake-') ||
    (key.endsWith('.parquet') && /(?:^|\/)(?:aws|ext)\//.test(key) && !key.includes('AWSLogs/'))
  );
}
