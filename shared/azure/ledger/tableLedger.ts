import { claimEnd, extendedClaimEnd, type LedgerEntry, ruleOnClaim } from '../../pipeline/ledger/rules.ts';
import type { Claim, ClaimedObject, Ledger } from '../../pipeline/ports/ports.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import type { Clock } from '../../words/clock.ts';
import type { ConnectorError } from '../../words/errors.ts';
import type { FailedEntries } from '../failedEntries/entries.ts';
import type { Table } from '../storage/table.ts';
import { ClaimedEntry } from './claimedEntry.ts';
import {
  acceptedProperties,
  claimedProperties,
  entryOf,
  failedProperties,
  failedSinceProperties,
  progressProperties,
} from './entity.ts';
import { entryKeys, type LedgerScope } from './entryKey.ts';
import { expiry } from './expiry.ts';
import { groupCommit } from './groupCommit.ts';

export interface TableLedgerOptions {
  /** Shared by all sources and instances; so are the objects in it. */
  readonly table: Table;
  readonly failedEntries: FailedEntries;
  readonly source: string;
  readonly scope: LedgerScope;
  readonly visibilitySeconds: number;
  /** Different for every instance of the app, such as a UUID. */
  readonly instance: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Hash of the selectors that decide which records are dropped: tells later what an accepted object lacks. */
  readonly selectors?: string;
}

/** How often a claim is tried again when others are quicker, each time. */
const mostContests = 5;
/** Who loses every time asks again after this long. */
const contestedMs = 5_000;

/**
 * The ledger in a table: inserting an object's entry is the claim, merging its outcome the second transaction, and only
 * what changed nobody else's entry is written. Every call may throw ConnectorError 'storage-unavailable'.
 */
export function tableLedger(options: TableLedgerOptions): Required<Ledger> {
  const { clock, failedEntries, instance, scope, selectors = '', source, table } = options;
  const visibilityMs = options.visibilitySeconds * 1000;
  const keyOf = entryKeys(scope);
  const commit = groupCommit(table);
  const purge = expiry(table);
  const claims = new WeakMap<ClaimedObject, ClaimedEntry>();
  let claimsMade = 0;

  const claim = async (object: ObjectRef, receivedAt: number): Promise<Claim> => {
    claimsMade += 1;
    const token = `${instance}.${source}.${claimsMade}`;
    const { bucket, key } = object;
    const name = { ...keyOf(bucket, key), bucket, objectKey: key, source };
    const granted = (etag: string, found?: LedgerEntry): Claim => {
      const claimed = { object, token };
      claims.set(claimed, new ClaimedEntry({ table, commit, name, token, etag, found }));
      if (found?.state === 'accepted') {
        return { kind: 'accepted', claim: claimed, identity: found.identity, rows: found.rows };
      }
      const progress = found?.progress;
      return { kind: 'claimed', claim: claimed, ...(progress === undefined ? {} : { progress }) };
    };
    for (let contest = 0; contest < mostContests; contest++) {
      const now = clock.now();
      const mine = { ...name, ...claimedProperties(token, claimEnd(receivedAt, now, visibilityMs), now) };
      const inserted = await commit({ kind: 'insert', entity: mine });
      if (inserted.kind === 'written') return granted(inserted.etag);
      const found = await table.read(name);
      // Deleted in between: it can be inserted.
      if (found === undefined) continue;
      const entry = entryOf(found.entity);
      const ruling = ruleOnClaim(entry, token, now);
      if (ruling.kind === 'held') return ruling;
      // Nothing is written over an outcome: should the content be another, its outcome will replace this one.
      if (ruling.kind !== 'free') return granted(found.etag, entry);
      const taken = await commit({ kind: 'merge', entity: mine, etag: found.etag });
      if (taken.kind === 'written') return granted(taken.etag, entry);
    }
    return { kind: 'held', until: clock.now() + contestedMs };
  };

  /** A claim that was taken for granted while the storage was away is asked for now, so that its outcome is not forgotten. */
  const entryOfClaim = async (claimed: ClaimedObject): Promise<ClaimedEntry | undefined> => {
    const known = claims.get(claimed);
    if (known !== undefined) return known;
    const late = await claim(claimed.object, clock.now());
    return late.kind === 'claimed' ? claims.get(late.claim) : undefined;
  };

  return {
    claim: (object, message) => claim(object, message.receivedAt),

    recordAccepted: async (claimed, identity, rows, stubs) => {
      // Before the outcome: after it, a crash would leave nobody to write them.
      if (stubs.length > 0) await failedEntries.recordStubs(source, claimed.object, stubs);
      const entry = await entryOfClaim(claimed);
      if (entry === undefined) return;
      const isRecorded = await entry.merge(acceptedProperties(entry.token, identity, rows, selectors, clock.now()));
      if (!isRecorded) return;
      for (const each of entry.failedIn) await failedEntries.delivered(each, claimed.object);
    },

    recordFailed: async (claimed, message, error: ConnectorError) => {
      const entry = await entryOfClaim(claimed);
      if (entry === undefined) return;
      const failedIn = [...new Set([...entry.failedIn, source])];
      // What was accepted once stays so, for its content: a later reading of other content says nothing against it.
      const properties = entry.isAccepted ? failedSinceProperties : failedProperties;
      if (!(await entry.merge(properties(error.code, failedIn, clock.now())))) return;
      await failedEntries.recordObject(source, claimed.object, message, error);
    },

    recordFailedMessage: (message, error) => failedEntries.recordMessage(source, message, error),

    release: async (claimed) => {
      const entry = claims.get(claimed);
      if (entry === undefined || entry.isAccepted) return;
      const now = clock.now();
      await entry.merge(claimedProperties(entry.token, now, now));
    },

    extend: async (claimed) => {
      const until = extendedClaimEnd(clock.now(), visibilityMs);
      const lost = await Promise.all(
        claimed.map(async (each) => {
          const entry = claims.get(each);
          if (entry === undefined || entry.isAccepted || entry.isSettled) return [];
          return (await entry.keep(claimedProperties(entry.token, until, clock.now()))) ? [] : [each];
        }),
      );
      return lost.flat();
    },

    recordProgress: async (claimed, progress) => {
      const entry = claims.get(claimed);
      if (entry === undefined || entry.isAccepted) return false;
      return await entry.keep(progressProperties(progress, clock.now()));
    },

    isLost: (claimed) => claims.get(claimed)?.isLost ?? false,

    purgeExpired: purge,
  };
}
