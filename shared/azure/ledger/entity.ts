import { RowRanges } from '../../kit/ranges.ts';
import type { LedgerChange, LedgerEntry } from '../../pipeline/ports/ledgerStore.ts';
import type { ContentIdentity } from '../../pipeline/ports/unit.ts';
import type { Entity, EntityValue } from '../storage/table.ts';

/** Properties of an entry, in the words that a person looking into the table reads. */
type EntryProperties = { readonly [property: string]: EntityValue };

/** What a change writes. Merging cannot take properties away: what is over is written empty. */
export function propertiesOf(change: LedgerChange): EntryProperties {
  return { ...changed(change), recordedAt: new Date(change.at) };
}

function changed(change: LedgerChange): EntryProperties {
  switch (change.kind) {
    case 'claimed': {
      const { owner, strikes, until } = change;
      return { state: 'claimed', owner, until: new Date(until), ...(strikes === undefined ? {} : { strikes }) };
    }
    case 'progress': {
      const { accepted, identity, selectors } = change.progress;
      return {
        progressRows: accepted.toString(),
        progressEtag: identity.etag ?? '',
        progressContent: contentText(identity),
        progressSelectors: selectors,
      };
    }
    case 'accepted': {
      const { dropped, identity, rows, selectors } = change.content;
      return {
        state: 'accepted',
        owner: change.owner,
        objectEtag: identity.etag ?? '',
        content: contentText(identity),
        sha256: identity.sha256 ?? '',
        rows,
        dropped,
        selectors,
        reason: '',
        failedIn: '',
        strikes: 0,
        progressRows: '',
      };
    }
    case 'failed':
      return { state: 'failed', reason: change.code, failedIn: change.failedIn.join(','), strikes: 0 };
    case 'failed-since':
      return { reason: change.code, failedIn: change.failedIn.join(',') };
  }
}

/**
 * What nobody wrote reads as a lease that has ended: the object is read again, which is a duplicate at worst. Both times
 * of a lease come from one clock, be it wrong: only its length is believed, from the moment the service took it.
 */
export function entryOf(entity: Entity, takenAt: number | undefined): LedgerEntry {
  const recordedAt = time(entity['recordedAt']);
  const writtenAt = takenAt ?? recordedAt;
  const state = entity['state'];
  const progressRows = RowRanges.parse(string(entity['progressRows']));
  return {
    state: state === 'accepted' || state === 'failed' ? state : 'claimed',
    owner: string(entity['owner']),
    writtenAt,
    until: writtenAt + time(entity['until']) - recordedAt,
    identity: identityOf(string(entity['objectEtag']), string(entity['content']), string(entity['sha256'])),
    rows: number(entity['rows']),
    strikes: number(entity['strikes']),
    failedFor: string(entity['reason']),
    // Ids hold no comma; those of earlier versions are names of sources.
    failedIn: string(entity['failedIn'])
      .split(',')
      .filter((source) => source !== ''),
    progress:
      progressRows.count === 0
        ? undefined
        : {
            accepted: progressRows,
            identity: identityOf(string(entity['progressEtag']), string(entity['progressContent'])),
            selectors: string(entity['progressSelectors']),
          },
  };
}

/** `1c291ca3-4711`: CRC-32 and length, which do not fit the table's own 32 bits with their sign. */
function contentText({ crc32, length }: ContentIdentity): string {
  return crc32 === undefined || length === undefined ? '' : `${crc32.toString(16).padStart(8, '0')}-${length}`;
}

function identityOf(etag: string, content: string, sha256 = ''): ContentIdentity {
  const [, crc32, length] = /^([0-9a-f]{8})-(\d+)$/.exec(content) ?? [];
  return {
    ...(etag === '' ? {} : { etag }),
    ...(sha256 === '' ? {} : { sha256 }),
    ...(crc32 === undefined ? {} : { crc32: Number.parseInt(crc32, 16), length: Number(length) }),
  };
}

function string(value: EntityValue): string {
  return typeof value === 'string' ? value : '';
}

function time(value: EntityValue): number {
  return value instanceof Date ? value.getTime() : 0;
}

function number(value: EntityValue): number {
  return typeof value === 'number' ? value : 0;
}
