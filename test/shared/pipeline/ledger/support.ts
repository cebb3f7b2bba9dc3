import { ledgerOver } from '../../../../shared/pipeline/ledger/ledger.ts';
import {
  type Evidence,
  type FailedEntries,
  type KeptDelivery,
  keptDelivery,
} from '../../../../shared/pipeline/ports/failedEntries.ts';
import type { AcceptedContent, Claim, Lease, Ledger } from '../../../../shared/pipeline/ports/lease.ts';
import type {
  LedgerChange,
  LedgerEntry,
  LedgerStore,
  VersionedEntry,
} from '../../../../shared/pipeline/ports/ledgerStore.ts';
import type { ContentIdentity, NamedUnit, UnitName } from '../../../../shared/pipeline/ports/unit.ts';
import { unitOf } from '../../../../shared/pipeline/unit/logFile.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import { type Failure, failureOf } from '../../../../shared/words/failure.ts';

export const startOfTime = Date.parse('2026-11-01T00:10:00Z');
export const visibilitySeconds = 180;

export interface MovedClock {
  time: number;
  now(): number;
}

export function movedClock(): MovedClock {
  return {
    time: startOfTime,
    now() {
      return this.time;
    },
  };
}

/** A log file delivered on 1 November 2026, unless told otherwise. */
export function unitNamed(unique: string, day = '20261101'): NamedUnit {
  const folder = `${day.slice(0, 4)}/${day.slice(4, 6)}/${day.slice(6)}`;
  const key = `AWSLogs/111122223333/CloudTrail/eu-central-1/${folder}/111122223333_CloudTrail_eu-central-1_${day}T0005Z_${unique}.json.gz`;
  return unitOf({ bucket: 'trail', key });
}

export const identity: ContentIdentity = { etag: 'e1', crc32: 0xfedcba98, length: 4_000_000_000 };

/** Content of 17 rows, with this ETag if one is given. */
export function content(etag?: string, rows = 17): AcceptedContent {
  return { identity: etag === undefined ? identity : { etag }, rows, dropped: 0, selectors: '' };
}

export const denied = failureOf(
  new ConnectorError('object-denied', 'reading was denied', { remedy: 'Allow it.' }),
  'object',
);

export const evidence = { id: 'm-1', body: '{"Records":[]}', receiveCount: 2, entry: 'entry-1' };

const unwritten: LedgerEntry = {
  state: 'claimed',
  owner: '',
  writtenAt: 0,
  until: 0,
  failedFor: '',
  identity: {},
  rows: 0,
  failedIn: [],
  strikes: 0,
  progress: undefined,
};

function changed(entry: LedgerEntry, change: LedgerChange): LedgerEntry {
  const before = { ...entry, writtenAt: change.at };
  switch (change.kind) {
    case 'claimed':
      return {
        ...before,
        state: 'claimed',
        owner: change.owner,
        until: change.until,
        strikes: change.strikes ?? before.strikes,
      };
    case 'progress':
      return { ...before, progress: change.progress };
    case 'accepted': {
      const { identity, rows } = change.content;
      const { owner } = change;
      return {
        ...before,
        state: 'accepted',
        owner,
        identity,
        rows,
        failedFor: '',
        failedIn: [],
        strikes: 0,
        progress: undefined,
      };
    }
    case 'failed':
      return { ...before, state: 'failed', failedFor: change.code, failedIn: change.failedIn, strikes: 0 };
    case 'failed-since':
      return { ...before, failedFor: change.code, failedIn: change.failedIn };
  }
}

/** The store's promises, kept in memory. */
export function memoryStore(clock: { now(): number }): LedgerStore & { readonly entries: Map<string, VersionedEntry> } {
  const entries = new Map<string, VersionedEntry>();
  let writes = 0;
  const write = (unit: UnitName, before: LedgerEntry, change: LedgerChange) => {
    writes += 1;
    const version = `version-${writes}`;
    entries.set(unit.name, { entry: changed(before, change), version });
    return { kind: 'written', version } as const;
  };
  return {
    entries,
    read: async ({ name }) => entries.get(name),
    insert: async (unit, _source, change) =>
      entries.has(unit.name) ? { kind: 'contested' } : write(unit, unwritten, change),
    merge: async (unit, _source, change, version) => {
      const found = entries.get(unit.name);
      if (found === undefined) return { kind: 'missing' };
      return found.version === version ? write(unit, found.entry, change) : { kind: 'contested' };
    },
    now: () => clock.now(),
    purgeExpired: async () => 0,
  };
}

/** Failed entries, as far as the ledger has to do with them. */
export class FakeEntries implements FailedEntries {
  readonly recorded: string[] = [];
  readonly closed: string[] = [];

  async recordDelivery(source: string, { entry }: Evidence, { error }: Failure): Promise<KeptDelivery> {
    this.recorded.push(`${source}/${entry} ${error instanceof ConnectorError ? error.code : error.name}`);
    return keptDelivery(`${source}/${entry}`);
  }

  async recordStubs(source: string, _unit: UnitName, stubs: readonly unknown[]): Promise<void> {
    this.recorded.push(`${source} stubs ${stubs.length}`);
  }

  async delivered(id: string): Promise<void> {
    this.closed.push(id);
  }
}

let instances = 0;

/** Another instance of the app, over the same store. */
export function instanceOver(
  store: LedgerStore,
  clock: MovedClock,
  {
    failedEntries = new FakeEntries(),
    source = 'production',
    instance = '',
  }: { failedEntries?: FailedEntries; source?: string; instance?: string } = {},
): Ledger {
  instances += 1;
  const name = instance === '' ? `instance-${instances}` : instance;
  return ledgerOver({ store, failedEntries, source, visibilitySeconds, instance: name, clock });
}

/** The lease, where it must have been granted. */
export function granted(claim: Claim): Lease {
  if (claim.kind !== 'granted') throw new Error(`the claim was not granted: ${claim.kind}`);
  return claim.lease;
}

export async function leaseOn(ledger: Ledger, unit: NamedUnit, clock: MovedClock): Promise<Lease> {
  return granted(await ledger.claim(unit, clock.now()));
}

/** `held`, `accepted` when there is an outcome, else `granted`. */
export function kindOf(claim: Claim): string {
  if (claim.kind === 'held') return 'held';
  return claim.lease.accepted === undefined ? 'granted' : 'accepted';
}
