import { RowRanges } from '../../kit/ranges.ts';
import type { LedgerEntry } from '../../pipeline/ledger/rules.ts';
import type { ContentIdentity, ObjectProgress } from '../../pipeline/ports/ports.ts';
import type { Entity, EntityValue } from '../storage/table.ts';

/** Properties of an entry, in the words that a person looking into the table reads. */
export type EntryProperties = { readonly [property: string]: EntityValue };

export function claimedProperties(owner: string, until: number, now: number): EntryProperties {
  return { state: 'claimed', owner, until: new Date(until), recordedAt: new Date(now) };
}

export function acceptedProperties(
  owner: string,
  identity: ContentIdentity,
  rows: number,
  selectors: string,
  now: number,
): EntryProperties {
  return {
    state: 'accepted',
    owner,
    ...identityProperties(identity),
    rows,
    selectors,
    // Merging cannot take properties away.
    reason: '',
    failedIn: '',
    progressRows: '',
    recordedAt: new Date(now),
  };
}

export function failedProperties(reason: string, failedIn: readonly string[], now: number): EntryProperties {
  return { state: 'failed', ...failedSinceProperties(reason, failedIn, now) };
}

/** Of an object that stays accepted, for the content it had. */
export function failedSinceProperties(reason: string, failedIn: readonly string[], now: number): EntryProperties {
  return { reason, failedIn: failedIn.join(','), recordedAt: new Date(now) };
}

export function progressProperties({ accepted, identity }: ObjectProgress, now: number): EntryProperties {
  return {
    progressRows: accepted.toString(),
    progressEtag: identity.etag ?? '',
    progressContent: contentText(identity),
    recordedAt: new Date(now),
  };
}

/** What nobody wrote reads as a claim that has ended: the object is read again, which is a duplicate at worst. */
export function entryOf(entity: Entity): LedgerEntry {
  const state = entity['state'];
  const progressRows = RowRanges.parse(string(entity['progressRows']));
  return {
    state: state === 'accepted' || state === 'failed' ? state : 'claimed',
    owner: string(entity['owner']),
    until: entity['until'] instanceof Date ? entity['until'].getTime() : 0,
    identity: identityOf(string(entity['objectEtag']), string(entity['content'])),
    rows: number(entity['rows']),
    // Names of sources hold no comma.
    failedIn: string(entity['failedIn'])
      .split(',')
      .filter((source) => source !== ''),
    progress:
      progressRows.count === 0
        ? undefined
        : {
            accepted: progressRows,
            identity: identityOf(string(entity['progressEtag']), string(entity['progressContent'])),
          },
  };
}

function identityProperties(identity: ContentIdentity): EntryProperties {
  return { objectEtag: identity.etag ?? '', content: contentText(identity) };
}

/** `1c291ca3-4711`: CRC-32 and length, which do not fit the table's own 32 bits with their sign. */
function contentText({ crc32, length }: ContentIdentity): string {
  return crc32 === undefined || length === undefined ? '' : `${crc32.toString(16).padStart(8, '0')}-${length}`;
}

function identityOf(etag: string, content: string): ContentIdentity {
  const [, crc32, length] = /^([0-9a-f]{8})-(\d+)$/.exec(content) ?? [];
  return {
    ...(etag === '' ? {} : { etag }),
    ...(crc32 === undefined ? {} : { crc32: Number.parseInt(crc32, 16), length: Number(length) }),
  };
}

function string(value: EntityValue): string {
  return typeof value === 'string' ? value : '';
}

function number(value: EntityValue): number {
  return typeof value === 'number' ? value : 0;
}
