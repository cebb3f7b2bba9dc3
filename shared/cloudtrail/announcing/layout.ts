import { isOtherService } from './otherServices.ts';

/** A user-chosen prefix may hold anything but `AWSLogs/`, so the last one is the anchor. */
const anchor = /^(?:[\s\S]*\/)?AWSLogs\//;
const organizationId = /^o-[a-z0-9]{10,32}$/;

/** `CloudTrail`, `CloudTrail-Insight`, one that comes yet, and what people and tools rename them to. */
const trailFolder = /^(?:aws-service=)?cloudtrail(?:[-_ ].*)?$/i;

/** The path of a key below its last `AWSLogs/`, its folders by what they mean there. */
export interface Layout {
  readonly organization?: string;
  readonly account?: string;
  /** The folder below the account: `CloudTrail`, `vpcflowlogs`, … */
  readonly service?: string;
  /** Folders below the service. */
  readonly folders: readonly string[];
  readonly file: string;
  /** Below a folder of CloudTrail's, wherever that is. */
  readonly isBelowTrail: boolean;
  /** CloudTrail's own folder is where CloudTrail puts it: below an account, itself below at most an organisation. */
  readonly isInPlace: boolean;
  /** Every folder on the way. */
  readonly all: readonly string[];
}

/** Undefined for a key that is not under `AWSLogs/`. */
export function layoutOf(key: string): Layout | undefined {
  const head = anchor.exec(key)?.[0];
  if (head === undefined) return undefined;
  const all = key.slice(head.length).split('/');
  const file = all.pop() ?? '';
  const organization = organizationId.test(all[0] ?? '') ? all[0] : undefined;
  const inside = organization === undefined ? all : all.slice(1);
  // What comes first is the service: others name folders after trails, load balancers and the like. An account's folder may have any name.
  const found = inside.findIndex(
    (folder, index) => trailFolder.test(folder) || (index > 0 && isOtherService(serviceOf(folder))),
  );
  const isBelowTrail = found !== -1 && !isOtherService(serviceOf(inside[found] ?? ''));
  // Where nothing is known, the service is where it usually is; a test file lies there itself.
  const at = found === -1 ? 1 : found;
  const account = inside[at - 1];
  const service = inside[at] ?? (account === undefined || file === '' ? undefined : file);
  return {
    ...(organization === undefined ? {} : { organization }),
    // VPC flow logs with Hive-compatible folders write `aws-account-id=…/aws-service=…`.
    ...(account === undefined ? {} : { account: account.replace(/^aws-account-id=/, '') }),
    ...(service === undefined ? {} : { service: serviceOf(service) }),
    folders: inside.slice(at + 1),
    file,
    isBelowTrail,
    isInPlace: at === 1,
    all,
  };
}

function serviceOf(folder: string): string {
  return folder.replace(/^aws-service=/, '');
}

/** As CloudTrail names regions, years, months and days, in this order. */
const dated = [/^[a-z0-9-]+$/, /^\d{4}$/, /^\d\d$/, /^\d\d$/] as const;

/** The folders of a whole day: nothing missing, nothing more. */
export function isDayFolder(folders: readonly string[]): boolean {
  return folders.length === dated.length && isOnTheWayToADay(folders);
}

/**
 * What of a key cannot be explained: the folder it lies in, unless CloudTrail has that one, too. So whoever stops the
 * notifications about it does not stop those about the trail.
 */
export function strangePart(key: string, layout: Layout): string {
  const { all, folders, isBelowTrail, isInPlace, organization, service } = layout;
  const above = organization === undefined ? all : all.slice(1);
  const isTrails = isBelowTrail ? isInPlace && isKindOfTrail(service) && isOnTheWayToADay(folders) : above.length < 2;
  return isTrails ? key : key.slice(0, key.lastIndexOf('/') + 1);
}

/** The folders whose files are read. */
export function isKindOfTrail(service: string | undefined): boolean {
  return service === 'CloudTrail' || service === 'CloudTrail-Insight' || service === 'CloudTrail-NetworkActivity';
}

function isOnTheWayToADay(folders: readonly string[]): boolean {
  return folders.length <= dated.length && folders.every((folder, level) => dated[level]?.test(folder));
}
