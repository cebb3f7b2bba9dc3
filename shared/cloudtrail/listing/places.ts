import { isKindOfTrail } from '../announcing/layout.ts';

/** What is read of a bucket: everything, or some accounts and regions only. */
export interface WantedFolders {
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
}

/** A folder below which CloudTrail may write; its prefix ends in a slash, that of the whole bucket is empty. */
export interface Place {
  readonly kind: 'bucket' | 'landing-zone' | 'logs' | 'organization' | 'account' | 'trail' | 'region';
  readonly prefix: string;
}

/** Where all log files of one kind, account and region lie, by year, month and day: it is listed file by file. */
export type TrailFolder = Place & { readonly kind: 'region' };

const organizationId = /^o-[a-z0-9]{10,32}$/;
const regionName = /^[a-z]{2,4}(?:-[a-z0-9]+)+$/;

/**
 * Where looking begins. Without a prefix it is the bucket itself, below which Control Tower writes under the organisation's
 * ID as well: https://docs.aws.amazon.com/controltower/latest/userguide/logging-using-cloudtrail.html
 */
export function firstPlace(prefix: string | undefined): Place {
  if (prefix === undefined || prefix === '') return { kind: 'bucket', prefix: '' };
  return { kind: 'logs', prefix: `${prefix.replace(/\/+$/, '')}/AWSLogs/` };
}

/** Which of the folders directly below a place, named by their whole prefixes, are to be looked into. Pure; keeps their order. */
export function placesBelow(place: Place, folders: readonly string[], wanted: WantedFolders = {}): readonly Place[] {
  return folders.flatMap((prefix) => {
    const name = prefix.slice(place.prefix.length, -1);
    const kind = kindBelow(place.kind, name, wanted);
    return kind === undefined ? [] : [{ kind, prefix }];
  });
}

export function isTrailFolder(place: Place): place is TrailFolder {
  return place.kind === 'region';
}

function kindBelow(
  above: Place['kind'],
  name: string,
  { accounts, regions }: WantedFolders,
): Place['kind'] | undefined {
  const isWantedAccount = accounts === undefined || accounts.includes(name);
  switch (above) {
    case 'bucket':
      if (name === 'AWSLogs') return 'logs';
      return organizationId.test(name) ? 'landing-zone' : undefined;
    case 'landing-zone':
      return name === 'AWSLogs' ? 'logs' : undefined;
    case 'logs':
      if (organizationId.test(name)) return 'organization';
      return isWantedAccount ? 'account' : undefined;
    case 'organization':
      return isWantedAccount ? 'account' : undefined;
    case 'account':
      return isKindOfTrail(name) ? 'trail' : undefined;
    case 'trail':
      return regionName.test(name) && (regions === undefined || regions.includes(name)) ? 'region' : undefined;
    case 'region':
      return undefined;
  }
}
