import { RowRanges } from '../../kit/ranges.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import { ConnectorError } from '../../words/errors.ts';
import { type Failure, failureAt, failureOf } from '../../words/failure.ts';
import type { HeldMessage } from '../delivery/queue/heldMessages.ts';
import type { Shift, Slice } from '../drain/slice.ts';
import { acceptedObject, type CompleteObject, suppressedObject } from '../ports/acknowledged.ts';
import type { Lease } from '../ports/lease.ts';
import type { OpenCircuit } from '../ports/ports.ts';
import { ObjectRows } from '../rows/objectRows.ts';
import { isSameContent } from './contentIdentity.ts';
import { keepProgress, type ProgressKeeper } from './keepProgress.ts';
import { unitOf } from './logFile.ts';
import { type Reading, readObject, type Scanned } from './readObject.ts';

export type ObjectOutcome =
  | { readonly kind: 'complete'; readonly complete: CompleteObject }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** When the size was not announced: that of a usual log file. */
const assumedBytes = 64 * 1024;

/** One object: claimed, read, its rows packed, and complete when every one of them is accepted. `onRead` tells that its reading ended. */
export async function ingestObject(
  object: ObjectRef,
  held: HeldMessage,
  slice: Slice,
  shift: Shift,
  onRead: () => void,
): Promise<ObjectOutcome> {
  const signal = AbortSignal.any([shift.stop, held.lost]);
  let leave: () => void;
  try {
    leave = await slice.readers.enter(object.sizeBytes ?? assumedBytes, signal);
  } catch (reason) {
    onRead();
    return failed(failureOf(reason, 'pipeline'));
  }
  const reading = new ReadingOnce(leave, onRead);
  try {
    held.isWaiting = false;
    const circuit = await slice.circuits.bucketCircuit(object, signal);
    if (circuit !== undefined) return failed(bucketIsOut(object, circuit));
    const claim = await slice.ledger.claim(unitOf(object), held.message.receivedAt);
    if (claim.kind === 'held') return failed(isClaimed(object, claim.until));
    const { lease } = claim;
    slice.held.claims.set(lease, held);
    try {
      return await ingestClaimed(object, lease, held, slice, shift, signal, reading);
    } catch (bug) {
      return await left(object, lease, held, failureOf(bug, 'object'));
    } finally {
      slice.held.claims.delete(lease);
    }
  } finally {
    reading.end();
  }
}

async function ingestClaimed(
  object: ObjectRef,
  lease: Lease,
  held: HeldMessage,
  slice: Slice,
  shift: Shift,
  signal: AbortSignal,
  reading: ReadingOnce,
): Promise<ObjectOutcome> {
  const known = lease.accepted?.identity;
  if (known !== undefined && object.etag !== undefined && isSameContent(known, object.etag)) {
    return suppressed(object, slice);
  }
  const rows = new ObjectRows();
  const scanned: Scanned = { records: 0, skipped: 0, before: new RowRanges(), etag: undefined };
  const keeper = keepProgress(lease, rows, scanned, slice);
  let read: Extract<Reading, { kind: 'read' }> | undefined;
  let failure: Failure | undefined;
  try {
    const answer = await readObject({ object, known, progress: lease.progress, rows, scanned }, slice, shift, signal);
    if (answer.kind === 'same') {
      await keeper.end();
      keeper.close();
      return suppressed(object, slice);
    }
    read = answer;
  } catch (error) {
    failure = failureOf(signal.aborted ? signal.reason : error, signal.aborted ? 'pipeline' : 'object');
    if (!signal.aborted) blame(object, failure, slice);
  }
  held.rows += rows.written;
  reading.end();
  // Rows before a break are delivered and stay, so even a failed object waits for them: only then its counts are true.
  keeper.readingEnded();
  await rows.settled(slice.deadline.over);
  failure ??= rows.failure;
  // Counted before the ledger is asked for anything: it may hang until the slice is over.
  slice.tally.recordsSuppressed += scanned.skipped;
  slice.tally.recordsLeft += scanned.records - scanned.skipped - rows.accepted;
  await keeper.end();
  if (failure === undefined && read !== undefined && rows.accepted === rows.written) {
    const before = scanned.before.count;
    const counts = { records: read.records, written: before + rows.written, accepted: before + rows.accepted };
    const complete = acceptedObject(object, counts);
    if (known !== undefined) slice.ports.report({ type: 'object-reingested', ...where(object, slice) });
    return await accepted(complete, lease, keeper, read, counts.accepted, slice);
  }
  // What was accepted stays: whoever reads the same content again leaves it out.
  await keeper.leave();
  return await left(object, lease, held, failure ?? endedBefore(object));
}

async function accepted(
  complete: CompleteObject,
  lease: Lease,
  keeper: ProgressKeeper,
  read: Extract<Reading, { kind: 'read' }>,
  rows: number,
  slice: Slice,
): Promise<ObjectOutcome> {
  slice.tally.objectsAccepted += 1;
  await lease.accept({ identity: read.identity, rows, dropped: 0, selectors: '' }, read.stubs);
  keeper.close();
  // Another instance took the claim over while this one was sending: it sends the same rows.
  if (lease.isLost) slice.tally.rowsOfUnknownOutcome += rows;
  slice.ports.report({
    type: 'object-accepted',
    ...where(complete.object, slice),
    rows,
    stubs: read.stubs.reduce((sum, { records = 1 }) => sum + records, 0),
  });
  return { kind: 'complete', complete };
}

async function left(
  { bucket, key }: ObjectRef,
  lease: Lease,
  held: HeldMessage,
  reason: Failure,
): Promise<ObjectOutcome> {
  const failure = reason.owner === 'object' ? failureAt(reason, { bucket, key }) : reason;
  if (failure.owner === 'object' && failure.error instanceof ConnectorError) {
    await lease.fail(failure, held.message);
  } else {
    await lease.release();
  }
  return failed(failure);
}

function suppressed(object: ObjectRef, slice: Slice): ObjectOutcome {
  slice.tally.objectsSuppressed += 1;
  slice.ports.report({ type: 'object-suppressed', ...where(object, slice) });
  return { kind: 'complete', complete: suppressedObject(object) };
}

/** What is not the object's own opens the source's circuit; what several objects of a bucket share, the bucket's. */
function blame(object: ObjectRef, failure: Failure, { circuits }: Slice): void {
  if (failure.owner === 'pipeline') circuits.open('source', failure.error, object);
  else if (failure.error instanceof ConnectorError) circuits.bucketFailed(object, failure.error);
}

function failed(failure: Failure): ObjectOutcome {
  return { kind: 'failed', failure };
}

function where({ bucket, key }: ObjectRef, { settings }: Slice) {
  return { source: settings.source, at: { bucket, key } };
}

function bucketIsOut({ bucket, key }: ObjectRef, { because }: OpenCircuit): Failure {
  const error = new ConnectorError('circuit-open', `bucket ${bucket} is not read at present: ${because.message}`, {
    at: { bucket, key },
    ...(because.remedy === undefined ? {} : { remedy: because.remedy }),
  });
  return { owner: 'nobody', error, again: 'after-the-bucket' };
}

function isClaimed({ bucket, key }: ObjectRef, until: number): Failure {
  const error = new ConnectorError('claim-held', `another instance is reading s3://${bucket}/${key}`, {
    at: { bucket, key },
  });
  return { owner: 'nobody', error, again: { at: until } };
}

function endedBefore({ bucket, key }: ObjectRef): Failure {
  const message = `the slice ended before all rows of s3://${bucket}/${key} were answered`;
  return { owner: 'nobody', error: new ConnectorError('slice-ended', message, { at: { bucket, key } }) };
}

/** The end of a reading, told once, whichever way it ends. */
class ReadingOnce {
  #leave: (() => void) | undefined;
  readonly #onRead: () => void;

  constructor(leave: () => void, onRead: () => void) {
    this.#leave = leave;
    this.#onRead = onRead;
  }

  end(): void {
    const leave = this.#leave;
    this.#leave = undefined;
    if (leave === undefined) return;
    leave();
    this.#onRead();
  }
}
