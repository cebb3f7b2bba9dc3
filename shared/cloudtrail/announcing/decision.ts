import { shown } from '../../kit/shortText.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import { ConnectorError } from '../../words/errors.ts';
import { describeObjectKey, type ObjectFate, type ObjectKey } from './objectKey.ts';

/** What becomes of an announced object. */
export type Decision =
  | Exclude<ObjectFate, { readonly fate: 'unknown' }>
  | { readonly fate: 'refuse'; readonly error: ConnectorError };

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html: 1,024 bytes of UTF-8. */
const maxKeyBytes = 1024;

/**
 * A queue message is untrusted input: it may announce what the operator did not allow, and only buckets that are listed
 * and keys under `AWSLogs/` are ever read. What is known to be of no interest needs no reading, wherever it lies in such a bucket.
 */
export function decide(
  object: Pick<ObjectRef, 'alternativeKey' | 'bucket' | 'key'>,
  allowedBuckets: readonly string[],
  { fate }: Pick<ObjectKey, 'fate'> = describeObjectKey(object.key),
): Decision {
  const { alternativeKey, bucket, key } = object;
  const at = { bucket: bucket.slice(0, 63), key: key.slice(0, maxKeyBytes) };
  const refuse = (code: 'bucket-not-allowed' | 'key-not-allowed', message: string, remedy: string): Decision => ({
    fate: 'refuse',
    error: new ConnectorError(code, message, { at, remedy }),
  });
  if (!allowedBuckets.includes(bucket)) {
    const remedy =
      "Add the bucket to ALLOWED_BUCKETS if it holds this trail's log files; otherwise stop its notifications to this queue.";
    return refuse('bucket-not-allowed', `bucket ${shown(bucket)} is not one of the allowed buckets`, remedy);
  }
  for (const reading of [key, alternativeKey ?? key]) {
    const fault = faultOf(reading);
    if (fault === undefined) continue;
    const remedy = 'Find out who announces such a key: CloudTrail does not.';
    return refuse('key-not-allowed', `key ${shown(reading)} in bucket ${shown(bucket)} ${fault}`, remedy);
  }
  if (fate.fate === 'skip') return fate;
  if (![key, alternativeKey ?? key].every((reading) => /(?:^|\/)AWSLogs\//.test(reading))) {
    const remedy = 'Limit the notification to the log files of CloudTrail: keys that contain "AWSLogs/".';
    return refuse('key-not-allowed', `key ${shown(key)} in bucket ${shown(bucket)} is not under AWSLogs/`, remedy);
  }
  if (fate.fate !== 'unknown') return fate;
  const strange = shown(fate.strange);
  const remedy = `Stop the notifications about ${strange} to this queue, or tell the maintainers what lies there.`;
  return refuse(
    'key-not-allowed',
    `key ${shown(key)} in bucket ${shown(bucket)} is of a layout that is not known`,
    remedy,
  );
}

/** Undefined when the key may be read. Dot segments are refused because URL builders resolve them into another place. */
function faultOf(key: string): string | undefined {
  if (key.length === 0) return 'is empty';
  if (key.length > maxKeyBytes || Buffer.byteLength(key) > maxKeyBytes) return `is longer than ${maxKeyBytes} bytes`;
  if (!key.isWellFormed()) return 'is not valid Unicode';
  if (/\p{Cc}/u.test(key)) return 'has control characters';
  if (/(?:^|[/\\])\.{1,2}(?:[/\\]|$)/.test(key)) return 'has a dot segment';
  return undefined;
}
