import type { Clock } from '../../words/clock.ts';
import type { Claim, Ledger } from '../ports/lease.ts';
import type { VersionedEntry } from '../ports/ledgerStore.ts';
import type { NamedUnit } from '../ports/unit.ts';
import { EntryLease, type LeaseParts } from './entryLease.ts';
import { leaseEnd, ruleOnClaim } from './rules.ts';

export interface LedgerParts extends Omit<LeaseParts, 'visibilityMs'> {
  readonly visibilitySeconds: number;
  /** Different for every instance of the app, such as a UUID. */
  readonly instance: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** How often a claim is tried again when others are quicker, each time. */
const mostContests = 5;
/** Who loses every time asks again after this long. */
const contestedMs = 5_000;

/**
 * The state machine over its store: inserting a unit's entry is the lease, merging its outcome the second write, and only
 * what changed nobody else's entry is written. Every call may throw ConnectorError 'storage-unavailable'.
 */
export function ledgerOver({ store, failedEntries, source, instance, clock, ...parts }: LedgerParts): Ledger {
  const visibilityMs = parts.visibilitySeconds * 1000;
  let claimsMade = 0;

  const claim = async (unit: NamedUnit, receivedAt: number): Promise<Claim> => {
    claimsMade += 1;
    const token = `${instance}.${source}.${claimsMade}`;
    const granted = (version: string, found?: VersionedEntry): Claim => ({
      kind: 'granted',
      lease: new EntryLease(
        { store, failedEntries, source, visibilityMs },
        { unit, token, version, found: found?.entry },
      ),
    });
    const lease = () => {
      const at = store.now();
      const until = leaseEnd(receivedAt + at - clock.now(), at, visibilityMs);
      return { kind: 'claimed', owner: token, until, at } as const;
    };
    for (let contest = 0; contest < mostContests; contest++) {
      const inserted = await store.insert(unit, source, lease());
      if (inserted.kind === 'written') return granted(inserted.version);
      const found = await store.read(unit);
      // Deleted in between: it can be inserted.
      if (found === undefined) continue;
      // Its answers have told the store's time by now.
      const now = store.now();
      const ruling = ruleOnClaim(found.entry, token, now, visibilityMs);
      if (ruling.kind === 'held') return { kind: 'held', until: clock.now() + ruling.until - now };
      // Nothing is written over an outcome: should the content be another, its outcome will replace this one.
      if (ruling.kind !== 'free') return granted(found.version, found);
      const taken = await store.merge(unit, source, lease(), found.version);
      if (taken.kind === 'written') return granted(taken.version, found);
    }
    return { kind: 'held', until: clock.now() + contestedMs };
  };

  return { claim, purgeExpired: (_, signal) => store.purgeExpired(store.now(), signal) };
}
