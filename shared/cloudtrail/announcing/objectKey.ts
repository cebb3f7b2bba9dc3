import { shown } from '../../kit/shortText.ts';
import { ConnectorError } from '../../words/errors.ts';
import { isOtherService } from './otherServices.ts';

/** What a key under `AWSLogs/` names; 'other' is another service's log or a layout nobody knows. */
export type ObjectKind = 'log' | 'insight' | 'network-activity' | 'digest' | 'aggregated' | 'other' | 'folder';

/** What a key tells about its object without reading it. */
export interface ObjectKey {
  readonly kind: ObjectKind;
  readonly account?: string;
  readonly organization?: string;
  /** The folder below the account: `CloudTrail`, `vpcflowlogs`, … */
  readonly service?: string;
  readonly region?: string;
  /** ISO time of delivery, to the minute, from the file's name; never the time of an event. */
  readonly deliveredAt?: string;
  /** The text for the column `SourceObject`: delivery minute and unique part, else the last 31 characters of the key. */
  readonly sourceObject: string;
}

/** What is to be done with an object before anything is read. */
export type ObjectFate =
  | { readonly fate: 'ingest' }
  /** Known and of no interest: acknowledged and counted. */
  | { readonly fate: 'skip'; readonly reason: string }
  /** A layout nobody knows: one failed entry per prefix. */
  | { readonly fate: 'unknown'; readonly prefix: string };

/** Reads a key in every layout CloudTrail writes, with any prefix, below an organisation or not; never throws. */
export function describeObjectKey(key: string): ObjectKey {
  const { organization, account, service, rest } = locate(key);
  const [region, year, month, day, file, ...deeper] = rest;
  const dated =
    /^[a-z0-9-]+$/.test(region ?? '') && /^\d{4}\/\d\d\/\d\d$/.test(`${year}/${month}/${day}`) && deeper.length === 0;
  const isFile = dated && /\.json(?:\.gz)?$/.test(file ?? '');
  const time = deliveryTime(file ?? '');
  return {
    kind: kindOf(key, service, isFile),
    ...(account === undefined ? {} : { account }),
    ...(organization === undefined ? {} : { organization }),
    ...(service === undefined ? {} : { service }),
    ...(dated && region !== undefined ? { region } : {}),
    ...(time === undefined ? {} : { deliveredAt: time.deliveredAt }),
    sourceObject: time?.sourceObject ?? key.slice(-31).toWellFormed(),
  };
}

/** Log files, Insights and network activity are ingested; what is known to be something else is skipped. */
export function fateOfObject(key: string): ObjectFate {
  const { kind, service } = describeObjectKey(key);
  switch (kind) {
    case 'log':
    case 'insight':
    case 'network-activity':
      return { fate: 'ingest' };
    case 'digest':
      return { fate: 'skip', reason: 'a digest file, which holds no events' };
    case 'aggregated':
      return { fate: 'skip', reason: 'aggregated data events, which the table has no columns for' };
    case 'folder':
      return { fate: 'skip', reason: 'a folder marker, which holds nothing' };
    case 'other':
      if (service !== undefined && isOtherService(service)) {
        return { fate: 'skip', reason: `a file of ${service}, not a CloudTrail log file` };
      }
      return { fate: 'unknown', prefix: locate(key).prefix };
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html: 1,024 bytes of UTF-8. */
const maxKeyBytes = 1024;

/**
 * Refuses an object that a message may announce but the operator did not allow: a queue message is untrusted input.
 *
 * @throws ConnectorError 'bucket-not-allowed' or 'key-not-allowed'
 */
export function checkObject(
  object: { readonly bucket: string; readonly key: string; readonly alternativeKey?: string },
  allowedBuckets: readonly string[],
): void {
  const at = { bucket: object.bucket.slice(0, 63), key: object.key.slice(0, maxKeyBytes) };
  if (!allowedBuckets.includes(object.bucket)) {
    throw new ConnectorError('bucket-not-allowed', `bucket ${shown(object.bucket)} is not one of the allowed buckets`, {
      at,
      remedy:
        "Add the bucket to ALLOWED_BUCKETS if it holds this trail's log files; otherwise stop its notifications to this queue.",
    });
  }
  for (const key of [object.key, object.alternativeKey ?? object.key]) {
    const fault = faultOf(key);
    if (fault === undefined) continue;
    throw new ConnectorError('key-not-allowed', `key ${shown(key)} in bucket ${shown(object.bucket)} ${fault}`, {
      at,
      remedy: 'Limit the notification to the log files of CloudTrail: keys that contain "AWSLogs/".',
    });
  }
}

/** A user-chosen prefix may hold anything but `AWSLogs/`, so the last one is the anchor. */
const anchor = /^(?:[\s\S]*\/)?AWSLogs\//;
const organizationId = /^o-[a-z0-9]{10,32}$/;

interface Location {
  readonly prefix: string;
  readonly organization?: string;
  readonly account?: string;
  readonly service?: string;
  /** Path segments below the service. */
  readonly rest: readonly string[];
}

function locate(key: string): Location {
  const head = anchor.exec(key)?.[0];
  if (head === undefined) return { prefix: '', rest: [] };
  const folders = key.slice(head.length).split('/');
  const organization = organizationId.test(folders[0] ?? '') ? folders.shift() : undefined;
  const above = organization === undefined ? head : `${head}${organization}/`;
  const [account, service, ...rest] = folders;
  if (account === undefined || service === undefined) return { prefix: above, rest: [] };
  return {
    // A file that lies directly below the account is no folder of its own.
    prefix: rest.length === 0 ? `${above}${account}/` : `${above}${account}/${service}/`,
    ...(organization === undefined ? {} : { organization }),
    // VPC flow logs with Hive-compatible folders write `aws-account-id=…/aws-service=…`.
    account: account.replace(/^aws-account-id=/, ''),
    service: service.replace(/^aws-service=/, ''),
    rest,
  };
}

function kindOf(key: string, service: string | undefined, isFile: boolean): ObjectKind {
  if (key.endsWith('/') || key.endsWith('_$folder$')) return 'folder';
  switch (service) {
    case 'CloudTrail-Digest':
      return 'digest';
    case 'CloudTrail-Aggregated':
      return 'aggregated';
    case 'CloudTrail':
      return isFile ? 'log' : 'other';
    case 'CloudTrail-Insight':
      return isFile ? 'insight' : 'other';
    case 'CloudTrail-NetworkActivity':
      return isFile ? 'network-activity' : 'other';
    default:
      return 'other';
  }
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html: `…_20261101T0005Z_<unique>.json.gz`, in UTC. */
const fileName = /_((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z)_(\w{1,32})\.json(?:\.gz)?$/;

function deliveryTime(file: string): { deliveredAt: string; sourceObject: string } | undefined {
  const match = fileName.exec(file);
  if (match === null) return undefined;
  const [, minute, year, month, day, hour, min, unique] = match;
  const deliveredAt = `${year}-${month}-${day}T${hour}:${min}:00Z`;
  const time = new Date(deliveredAt);
  // The 30th of February would roll over into March: such a name tells no time.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== deliveredAt.replace('Z', '.000Z')) return undefined;
  return { deliveredAt, sourceObject: `${minute}_${unique}` };
}

/** Undefined when the key may be read. Dot segments are refused because URL builders resolve them into another place. */
function faultOf(key: string): string | undefined {
  if (key.length === 0) return 'is empty';
  if (key.length > maxKeyBytes || Buffer.byteLength(key) > maxKeyBytes) return `is longer than ${maxKeyBytes} bytes`;
  if (!key.isWellFormed()) return 'is not valid Unicode';
  if (/\p{Cc}/u.test(key)) return 'has control characters';
  if (/(?:^|[/\\])\.{1,2}(?:[/\\]|$)/.test(key)) return 'has a dot segment';
  if (!anchor.test(key)) return 'is not under AWSLogs/';
  return undefined;
}
