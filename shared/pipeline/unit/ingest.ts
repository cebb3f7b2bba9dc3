import type { Admission, Semaphore } from '../../kit/semaphore.ts';
import { ConnectorError } from '../../words/errors.ts';
import { type Failure, failureAt, failureOf } from '../../words/failure.ts';
import type { Barred, Turn } from '../circuits/buckets.ts';
import type { Circuits } from '../circuits/circuits.ts';
import type { Lease, Ledger } from '../ports/lease.ts';
import { acceptedUnit, suppressedUnit } from '../ports/settlement.ts';
import type { Delivery } from '../ports/source.ts';
import type { Unit } from '../ports/unit.ts';
import { noCounts, type UnitCounts, type UnitOutcome } from '../ports/unitOutcome.ts';
import { isSameContent } from './contentIdentity.ts';
import { bucketIsOut, endedBefore, endsProcesses, isClaimed } from './failures.ts';
import { markedForGood } from './forGood.ts';
import { keepProgress, type ProgressKeeper } from './keepProgress.ts';
import { type ReadAnswer, type ReadParts, readUnit } from './read.ts';
import { Reading } from './reading.ts';

export interface IngestParts {
  readonly readers: Pick<Semaphore, 'admit'>;
  readonly circuits: Pick<Circuits, 'admit' | 'open'>;
  readonly ledger: Pick<Ledger, 'claim'>;
  /**
   * Leases to be kept, and for whom. Kept even when the delivery is lost and somebody else has it: as long as rows of the
   * unit are under way, nobody else may send them.
   */
  readonly leases: Map<Lease, Pick<Delivery, 'lose'>>;
  readonly read: Omit<ReadParts, 'notOpened' | 'opened'>;
  /** Sends what is read on its way: nothing else is being read. */
  readonly flush: () => void;
  /** Told what is being counted; the outcome holds the same counts. */
  readonly begun: (counts: UnitCounts) => void;
  /** Aborts when nothing is waited for any more. */
  readonly over: AbortSignal;
}

/** For whom a unit is ingested. */
export interface Ingesting {
  readonly delivery: Pick<Delivery, 'evidence' | 'lose' | 'receivedAt'>;
  /** Aborts when no more work may begin, or when somebody else may have the delivery. */
  readonly until: AbortSignal;
  /** Told when its turn has come. */
  readonly onBegin: () => void;
  /** Told once, when its reading has ended, whichever way. */
  readonly onRead: () => void;
}

/** When the size was not announced: that of a usual log file. */
const assumedBytes = 64 * 1024;

/**
 * What a holder left without a word may have killed it, like others that were read beside it: so it is read alone from then
 * on, so that the culprit strikes alone. After so many strikes it is set aside.
 */
const mostStrikes = 2;

/** More than any budget, which admits it when nothing else is being read, and nothing else with it. */
const aloneBytes = Number.MAX_SAFE_INTEGER;
const alone: Pick<Admission, 'resize' | 'wait'> = { resize: () => true, wait: async () => undefined };

/** One unit: leased, read, its rows packed, and complete when every one of them is accepted. */
export async function ingestUnit(unit: Unit, asked: Ingesting, parts: IngestParts): Promise<UnitOutcome> {
  const { delivery, onBegin, onRead, until: signal } = asked;
  let admitted: Awaited<ReturnType<typeof admit>>;
  try {
    admitted = await admit(unit, delivery.evidence.receiveCount, parts, signal);
  } catch (reason) {
    onRead();
    return failed(unit, failureOf(reason, 'pipeline'));
  }
  if (admitted.kind === 'barred') {
    onRead();
    return failed(unit, bucketIsOut(unit, admitted.circuit));
  }
  const { admission, turn } = admitted;
  const endReading = once(() => {
    admission.leave();
    turn.end();
    onRead();
  });
  try {
    onBegin();
    const claim = await parts.ledger.claim(unit, delivery.receivedAt);
    if (claim.kind === 'held') return failed(unit, isClaimed(unit, claim.until));
    const { lease } = claim;
    const reading = new Reading(parts.read.settings.selectors?.hash);
    parts.begun(reading);
    parts.leases.set(lease, delivery);
    try {
      const leased = { unit, lease, reading, admission, delivery, signal, turn, endReading };
      if (lease.strikes === undefined) return await ingestLeased(leased, parts);
      if (lease.strikes >= mostStrikes) return await left(leased, endsProcesses(unit));
      await admission.wait(aloneBytes, signal);
      await lease.strike();
      // Alone until its outcome is written: the next suspect may kill the process while these rows are under way.
      return await ingestLeased({ ...leased, admission: alone, endReading: () => parts.flush() }, parts);
    } catch (bug) {
      return await left({ unit, lease, reading, delivery }, failureOf(bug, signal.aborted ? 'pipeline' : 'object'));
    } finally {
      parts.leases.delete(lease);
    }
  } finally {
    endReading();
  }
}

/**
 * A reader's place, and the turn of the unit's bucket. Nobody waits for a trial with a place that others could use; and
 * whoever got one after the bucket's circuit had opened asks for its turn again.
 */
async function admit(
  unit: Unit,
  receiveCount: number,
  { circuits, readers }: IngestParts,
  signal: AbortSignal,
): Promise<Barred | { readonly kind: 'admitted'; readonly turn: Turn; readonly admission: Admission }> {
  for (;;) {
    const answer = await circuits.admit(unit, receiveCount, signal);
    if (answer.kind === 'barred') return answer;
    const { turn } = answer;
    try {
      const admission = await readers.admit(unit.sizeBytes ?? assumedBytes, signal);
      if (turn.isValid) return { kind: 'admitted', turn, admission };
      admission.leave();
    } catch (reason) {
      turn.end();
      throw reason;
    }
    turn.end();
  }
}

interface Leased {
  readonly unit: Unit;
  readonly lease: Lease;
  readonly reading: Reading;
  readonly admission: Pick<Admission, 'resize' | 'wait'>;
  readonly delivery: Ingesting['delivery'];
  readonly signal: AbortSignal;
  readonly turn: Turn;
  readonly endReading: () => void;
}

async function ingestLeased(leased: Leased, parts: IngestParts): Promise<UnitOutcome> {
  const { unit, lease, reading, signal, turn, endReading } = leased;
  const known = lease.accepted?.identity;
  if (known !== undefined && unit.etag !== undefined && isSameContent(known, unit.etag))
    return suppressed(leased, false);
  const keeper = keepProgress(lease, reading);
  let read: Extract<ReadAnswer, { kind: 'read' }> | undefined;
  let failure: Failure | undefined;
  try {
    const answer = await readUnit(leased, { ...parts.read, ...toldOf(turn) }, signal);
    if (answer.kind === 'same') {
      await keeper.end();
      return suppressed(leased, answer.isRewritten);
    }
    read = answer;
  } catch (error) {
    failure = failureOf(signal.aborted ? signal.reason : error, signal.aborted ? 'pipeline' : 'object');
    // Trials go on for as long as the bucket fails: they must not use up the receives of those that take their turn.
    const { outSince } = turn;
    if (outSince !== undefined && mayHeal(failure)) failure = { ...failure, again: { bucketOutSince: outSince } };
    if (!signal.aborted && failure.owner === 'pipeline') parts.circuits.open({ kind: 'source' }, failure.error);
  }
  endReading();
  // Rows before a break are delivered and stay, so even a failed unit waits for them: only then its counts are true.
  keeper.readingEnded();
  const { rows } = reading;
  await rows.settled(parts.over);
  failure ??= rows.failure;
  await keeper.end();
  if (failure === undefined && read !== undefined && rows.accepted === rows.written) {
    return await accepted(leased, read);
  }
  return await leftBehind(leased, keeper, failure ?? endedBefore(unit));
}

async function accepted(
  { unit, lease, reading }: Leased,
  { identity, stubs, oddities }: Extract<ReadAnswer, { kind: 'read' }>,
): Promise<UnitOutcome> {
  const before = reading.before.count;
  const written = before + reading.rows.written;
  const rows = before + reading.rows.accepted;
  const { records, dropped } = reading.last;
  const complete = acceptedUnit(unit, { records, dropped, written, accepted: rows, stubs });
  await lease.accept({ identity, rows, dropped, selectors: reading.selectors }, stubs);
  // Another instance took the lease over while this one was sending: it sends the same rows.
  reading.recorded(lease.isLost ? rows : 0);
  const isReingested = lease.accepted !== undefined;
  return { kind: 'complete', complete, counts: reading, foundEtag: reading.etag, isReingested, oddities };
}

/** What was accepted stays: whoever reads the same content again leaves it out. */
async function leftBehind(leased: Leased, keeper: ProgressKeeper, failure: Failure): Promise<UnitOutcome> {
  await keeper.leave();
  return await left(leased, failure);
}

async function left(
  { unit, lease, reading, delivery }: Pick<Leased, 'delivery' | 'lease' | 'reading' | 'unit'>,
  reason: Failure,
): Promise<UnitOutcome> {
  const failure = reason.owner === 'object' ? failureAt(reason, unit) : reason;
  if (failure.owner === 'object' && failure.error instanceof ConnectorError) {
    await lease.fail(failure, delivery.evidence);
    // Another instance was quicker: what it finds decides.
    if (lease.isLost) return { kind: 'failed', unit, failure: isClaimed(unit, delivery.receivedAt), counts: reading };
    return { kind: 'failed', unit, failure: markedForGood(failure, lease.failedBefore), counts: reading };
  } else {
    await lease.release();
  }
  return { kind: 'failed', unit, failure, counts: reading };
}

function mayHeal({ error, owner }: Failure): boolean {
  return owner === 'object' && error instanceof ConnectorError && error.retry;
}

function suppressed({ unit, reading }: Leased, isRewritten: boolean): UnitOutcome {
  const complete = suppressedUnit(unit);
  const foundEtag = reading.etag;
  return { kind: 'complete', complete, counts: reading, foundEtag, isReingested: false, isRewritten };
}

function failed(unit: Unit, failure: Failure): UnitOutcome {
  return { kind: 'failed', unit, failure, counts: noCounts };
}

function toldOf(turn: Turn): Pick<ReadParts, 'notOpened' | 'opened'> {
  return {
    opened: () => turn.opened(),
    notOpened: (error) => {
      if (error instanceof ConnectorError) turn.failed(error);
    },
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}
