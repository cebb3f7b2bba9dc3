import { decide } from '../../cloudtrail/announcing/decision.ts';
import { parseNotification } from '../../cloudtrail/announcing/notification.ts';
import type { Notification } from '../../cloudtrail/announcing/reading.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import { ConnectorError } from '../../words/errors.ts';
import { type Failure, failureOf, failureReport, isItsOwn } from '../../words/failure.ts';
import { defaultMessagesBackedOff, type Shift, type Slice } from '../drain/slice.ts';
import { acknowledged, type CompleteObject, skippedObject } from '../ports/acknowledged.ts';
import { ingestObject, type ObjectOutcome } from '../unit/ingestObject.ts';
import type { HeldMessage } from './queue/heldMessages.ts';
import { secondsUntilVisible } from './queue/returnMessage.ts';

/** One message: every object it announces, then its fate. Resolves when the message is deleted, returned or lost. */
export async function settleMessage(held: HeldMessage, slice: Slice, shift: Shift): Promise<void> {
  try {
    const failure = await tryToSettle(held, slice, shift);
    if (failure !== undefined) await giveBack(held, failure, slice);
  } catch (bug) {
    // An error outside the table is nobody's but ours, and still no reason to delete.
    const failure = failureOf(bug, 'message');
    if (isItsOwn(failure) && failure.error instanceof ConnectorError) {
      await slice.failedEntries.recordDelivery(slice.settings.source, held.message, failure);
    }
    await giveBack(held, failure, slice);
  } finally {
    slice.held.drop(held);
  }
}

/** Deletes the message when everything it announces is complete; otherwise says why not. */
async function tryToSettle(held: HeldMessage, slice: Slice, shift: Shift): Promise<Failure | undefined> {
  const { objects, faults } = announcedBy(held, slice);
  const [fault] = faults;
  if (fault !== undefined) {
    await slice.failedEntries.recordDelivery(slice.settings.source, held.message, failureOf(fault, 'message'));
  }
  if (objects.length === 0) slice.held.read(held);

  // Siblings are independent: all are tried, and what one of them lacks holds up the message alone.
  let reading = objects.length;
  const onRead = (): void => {
    reading -= 1;
    if (reading === 0) slice.held.read(held);
  };
  const outcomes = await Promise.all(objects.map((object) => settleObject(object, held, slice, shift, onRead)));

  const complete: CompleteObject[] = [];
  const failures: Failure[] = faults.map((error) => failureOf(error, 'message'));
  for (const outcome of outcomes) {
    if (outcome.kind === 'complete') complete.push(outcome.complete);
    else failures.push(outcome.failure);
  }
  if (failures.length > 0) return decisive(failures);
  if (held.lost.aborted) return failureOf(held.lost.reason, 'pipeline');
  if (await slice.acknowledge(acknowledged(held.message, objects, complete))) {
    slice.tally.messagesDeleted += 1;
    slice.circuits.succeeded('source');
  }
  return undefined;
}

/** What was understood is delivered, whatever else the message says. */
function announcedBy(held: HeldMessage, { ports, settings }: Slice): Notification {
  const notification = parseNotification(held.message.body);
  const { objects, faults, nothing } = notification;
  if (objects.length === 0 && faults.length === 0) {
    const { source } = settings;
    ports.report({ type: 'message-empty', source, messageId: held.message.id, reason: nothing.join('; ') });
  }
  return notification;
}

async function settleObject(
  object: ObjectRef,
  held: HeldMessage,
  slice: Slice,
  shift: Shift,
  onRead: () => void,
): Promise<ObjectOutcome> {
  const outcome = await outcomeOf(object, held, slice, shift, onRead);
  if (outcome.kind === 'failed' && isItsOwn(outcome.failure)) {
    slice.tally.objectsFailed += 1;
    const failure = failureReport(outcome.failure);
    const at = { bucket: object.bucket, key: object.key, messageId: held.message.id, ...failure.at };
    slice.ports.report({ type: 'object-failed', source: slice.settings.source, failure: { ...failure, at } });
  }
  return outcome;
}

async function outcomeOf(
  object: ObjectRef,
  held: HeldMessage,
  slice: Slice,
  shift: Shift,
  onRead: () => void,
): Promise<ObjectOutcome> {
  const { failedEntries, ports, settings, tally } = slice;
  const { bucket, key } = object;
  const decision = decide(object, settings.allowedBuckets);
  switch (decision.fate) {
    case 'ingest':
    case 'judge':
      return await ingestObject(object, held, slice, shift, onRead);
    case 'skip':
      onRead();
      tally.objectsSkipped += 1;
      ports.report({ type: 'object-skipped', source: settings.source, at: { bucket, key }, reason: decision.reason });
      return { kind: 'complete', complete: skippedObject(object, decision.reason) };
    case 'refuse': {
      onRead();
      const failure: Failure = { owner: 'message', error: decision.error };
      await failedEntries.recordDelivery(settings.source, held.message, failure);
      return { kind: 'failed', failure };
    }
  }
}

/** As long as the pipeline is to blame, nothing is proven against the message, so it comes back soon. */
function decisive(failures: readonly Failure[]): Failure {
  const rank = (failure: Failure): number => {
    if (isItsOwn(failure)) return 0;
    if (failure.again === undefined) return 3;
    return failure.again === 'after-the-bucket' ? 1 : 2;
  };
  return failures.reduce((worst, failure) => (rank(failure) > rank(worst) ? failure : worst));
}

/** Who waits for a claim does not: several announcements of one object are nothing unusual, and soon settled. */
function isSentIntoBackOff(failure: Failure): boolean {
  return isItsOwn(failure) || failure.again === 'after-the-bucket';
}

async function giveBack(held: HeldMessage, failure: Failure, slice: Slice): Promise<void> {
  const { circuits, deadline, ports, settings, tally } = slice;
  // From here on no beat extends it; one under way must not overtake its return.
  const wasTried = !held.isWaiting;
  slice.held.drop(held);
  await held.extended();
  if (held.lost.aborted) {
    // Whoever has it now writes the same rows once more.
    tally.rowsOfUnknownOutcome += held.rows;
    return;
  }
  const visibleInSeconds = secondsUntilVisible(held.message, failure, {
    now: ports.clock.now(),
    wasTried,
    isShutdown: deadline.isShutdown(),
  });
  tally.messagesReturned += 1;
  if (isSentIntoBackOff(failure)) slice.backedOff += 1;
  if (slice.backedOff >= (settings.messagesBackedOff ?? defaultMessagesBackedOff)) {
    circuits.open('source', failure.error);
  }
  await slice.returnMessage({ message: held.message, visibleInSeconds, failure });
}
