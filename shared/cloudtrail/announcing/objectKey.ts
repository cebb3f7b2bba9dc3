import { isDayFolder, isKindOfTrail, type Layout, layoutOf, strangePart } from './layout.ts';
import { nameOtherFile } from './otherFiles.ts';
import { isOtherService } from './otherServices.ts';

/** What is to be done with an object before anything is read. */
export type ObjectFate =
  | { readonly fate: 'ingest' }
  /** CloudTrail's, it seems, but not where CloudTrail puts it: what it holds decides. `strange` is what cannot be explained. */
  | { readonly fate: 'judge'; readonly strange: string }
  /** Known and of no interest: acknowledged and counted. */
  | { readonly fate: 'skip'; readonly reason: string }
  /** Nothing tells that it could be CloudTrail's. */
  | { readonly fate: 'unknown'; readonly strange: string };

/** What a key tells about its object without reading it. */
export interface ObjectKey {
  readonly fate: ObjectFate;
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

/** Reads a key in every layout CloudTrail writes, with any prefix, below an organisation or not; never throws. */
export function describeObjectKey(key: string): ObjectKey {
  const layout = layoutOf(key);
  const time = layout === undefined ? undefined : deliveryTime(layout.file);
  const sourceObject = time?.sourceObject ?? key.slice(-31).toWellFormed();
  const fate = fateOf(key, layout);
  if (layout === undefined) return { fate, sourceObject };
  const { account, folders, organization, service } = layout;
  const [region] = folders;
  return {
    fate,
    ...(account === undefined ? {} : { account }),
    ...(organization === undefined ? {} : { organization }),
    ...(service === undefined ? {} : { service }),
    ...(region !== undefined && isDayFolder(folders.slice(0, 4)) ? { region } : {}),
    ...(time === undefined ? {} : { deliveredAt: time.deliveredAt }),
    sourceObject,
  };
}

function fateOf(key: string, layout: Layout | undefined): ObjectFate {
  if (key.endsWith('/') || key.endsWith('_$folder$')) return skip('a folder marker, which holds nothing');
  if (layout === undefined) return fateOutside(key);
  const { file, isBelowTrail, service = '' } = layout;
  const kind = isBelowTrail ? service : trailFile.exec(file)?.[1];
  if (kind === 'CloudTrail-Digest') return skip('a digest file, which holds no events');
  if (kind === 'CloudTrail-Aggregated') return skip('aggregated data events, which the table has no columns for');
  if (isBelowTrail && isLogFile(layout)) return { fate: 'ingest' };
  const strange = strangePart(key, layout);
  if (trailFile.test(file)) return { fate: 'judge', strange };
  if (isOtherService(service)) return skip(`a file of ${service}, not a CloudTrail log file`);
  const other = nameOtherFile(key);
  if (other !== undefined) return skip(`${other}, not a CloudTrail log file`);
  return { fate: isBelowTrail ? 'judge' : 'unknown', strange };
}

function fateOutside(key: string): ObjectFate {
  const other = trailFile.test(key) ? undefined : nameOtherFile(key);
  return other === undefined ? { fate: 'unknown', strange: key } : skip(`${other}, not a CloudTrail log file`);
}

/** As CloudTrail names its files, whatever was put before or behind by a copy. */
const trailFile = /_(CloudTrail(?:-[A-Za-z]+)?)_[a-z0-9-]+_/;

function skip(reason: string): ObjectFate {
  return { fate: 'skip', reason };
}

/** What CloudTrail writes into its folders to be read, and where. */
function isLogFile({ file, folders, isInPlace, service }: Layout): boolean {
  return isKindOfTrail(service) && isInPlace && isDayFolder(folders) && /\.json(?:\.gz)?$/.test(file);
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
