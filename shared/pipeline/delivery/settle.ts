import { nextTurn, turnIsLong } from '../../kit/breath.ts';
import { Condition } from '../../kit/condition.ts';
import type { Semaphore } from '../../kit/semaphore.ts';
import { ConnectorError } from '../../words/errors.ts';
import { type Failure, failureOf, isItsOwn } from '../../words/failure.ts';
import type { SliceTimer } from '../accounts/sliceTimer.ts';
import type { FailedEntries, KeptDelivery } from '../ports/failedEntries.ts';
import type { SettledDelivery } from '../ports/settledDelivery.ts';
import { acknowledgement, type CompleteUnit, type Settled, type Settlement, skippedUnit } from '../ports/settlement.ts';
import type { AnnouncedUnit, Announcement, Delivery } from '../ports/source.ts';
import type { Unit } from '../ports/unit.ts';
import { noCounts, type UnitOutcome } from '../ports/unitOutcome.ts';
import { markedForGood } from '../unit/forGood.ts';
import type { Ingesting } from '../unit/ingest.ts';
import { decisive, fateOf } from './fate.ts';

import type { HeldDeliveries, HeldDelivery } from './held.ts';

export interface SettleParts {
  /** Name of the source, for failed entries. */
  readonly source: string;
  readonly held: Pick<HeldDeliveries, 'drop' | 'read'>;
  readonly failedEntries: Pick<FailedEntries, 'recordDelivery'>;
  readonly timer: Pick<SliceTimer, 'during'>;
  /** Bounds what all deliveries announce at once. */
  readonly opening: Pick<Semaphore, 'enter'>;
  /** Aborts when no more work may begin. */
  readonly stop: AbortSignal;
  readonly ingest: (unit: Unit, asked: Ingesting) => Promise<UnitOutcome>;
  readonly onAnnouncement: (announcement: Announcement, delivery: Delivery) => void;
  /** Told of each unit as soon as it has its outcome: siblings may take long. */
  readonly onUnit: (outcome: UnitOutcome, delivery: Delivery) => void;
  /** Told before the source is. */
  readonly onSettlement: (settlement: Settlement) => void;
}

/** What a message of SQS's largest size takes when it is read: some ten thousand units of 600 bytes. */
const bytesOpened = 8;

/** Units of one delivery that wait to be read, or are: a message may announce ten thousand. */
const mostAhead = 100;

/** One delivery: every unit it announces, then its fate. */
export async function settleDelivery(held: HeldDelivery, parts: SettleParts): Promise<SettledDelivery> {
  const { delivery } = held;
  const units: UnitOutcome[] = [];
  try {
    const settlement = await settlementOf(held, units, parts);
    parts.onSettlement(settlement);
    return { id: delivery.id, settlement, settled: await told(settlement, held, parts), units };
  } finally {
    parts.held.drop(held);
  }
}

/** Only a deletion is waited for while what is deleted still counts as held. */
function told(settlement: Settlement, held: HeldDelivery, { held: all, timer }: SettleParts): Promise<Settled> {
  const { delivery } = held;
  const { kind } = settlement;
  if (kind === 'acknowledged' || kind === 'quarantined') {
    return timer.during('delete', () => delivery.settle(settlement));
  }
  all.drop(held);
  return delivery.settle(settlement);
}

async function settlementOf(held: HeldDelivery, units: UnitOutcome[], parts: SettleParts): Promise<Settlement> {
  try {
    return await tryToSettle(held, units, parts);
  } catch (bug) {
    // An error outside the table is nobody's but ours, and still no reason to delete.
    const failure = failureOf(bug, 'message');
    if (isItsOwn(failure)) await record(failure, held, units, parts);
    return returned(failure, held);
  }
}

async function tryToSettle(held: HeldDelivery, units: UnitOutcome[], parts: SettleParts): Promise<Settlement> {
  const { delivery } = held;
  const until = AbortSignal.any([parts.stop, delivery.lost]);
  let close: () => void;
  try {
    close = await parts.opening.enter(bytesOpened * held.bytes, until);
  } catch (reason) {
    return returned(failureOf(reason, 'pipeline'), held);
  }
  const announcement = delivery.announcement();
  parts.onAnnouncement(announcement, delivery);
  const { units: announced, faults } = announcement;
  await settleUnits(announced, held, units, parts, close, until);

  const complete: CompleteUnit[] = [];
  const failures = faults.map((error) => markedForGood(failureOf(error, 'message')));
  for (const outcome of units) {
    if (outcome.kind === 'complete') complete.push(outcome.complete);
    else failures.push(outcome.failure);
  }
  if (units.length < announced.length) failures.push(failureOf(until.reason, 'pipeline'));
  const [first, ...others] = failures;
  if (first !== undefined) return await unsettled([first, ...others], held, units, parts);
  if (delivery.lost.aborted) return { kind: 'lost', failure: failureOf(delivery.lost.reason, 'pipeline') };
  return {
    kind: 'acknowledged',
    proof: acknowledgement(
      announced.map(({ unit }) => unit),
      complete,
    ),
  };
}

/** Siblings are independent: all are tried, and what one of them lacks holds up the delivery alone. */
async function settleUnits(
  announced: readonly AnnouncedUnit[],
  held: HeldDelivery,
  units: UnitOutcome[],
  parts: SettleParts,
  close: () => void,
  until: AbortSignal,
): Promise<void> {
  let unread = announced.length;
  let ahead = 0;
  const changed = new Condition();
  const endReading = (): void => {
    close();
    parts.held.read(held);
  };
  if (unread === 0) endReading();
  const onRead = (): void => {
    unread -= 1;
    ahead -= 1;
    changed.notify();
    if (unread === 0) endReading();
  };
  const onBegin = (): void => {
    held.isWaiting = false;
  };
  const { delivery } = held;
  const settleUnit = async (each: AnnouncedUnit): Promise<void> => {
    const outcome =
      each.fate === 'ingest'
        ? await parts.ingest(each.unit, { delivery, until, onBegin, onRead })
        : notIngested(each, onRead);
    units.push(outcome);
    parts.onUnit(outcome, delivery);
  };
  const settling: Promise<void>[] = [];
  for (const each of announced) {
    if (ahead >= mostAhead) await changed.until(() => ahead < mostAhead, until);
    if (until.aborted) break;
    ahead += 1;
    settling.push(settleUnit(each));
    // None of thousands may have anything to wait for.
    if (turnIsLong()) await nextTurn();
  }
  unread -= announced.length - settling.length;
  if (unread === 0) endReading();
  await Promise.all(settling);
}

function notIngested(each: Exclude<AnnouncedUnit, { fate: 'ingest' }>, onRead: () => void): UnitOutcome {
  onRead();
  const { unit } = each;
  if (each.fate === 'skip') {
    return { kind: 'complete', complete: skippedUnit(unit, each.reason), counts: noCounts, isReingested: false };
  }
  const failure = markedForGood(failureOf(each.error, 'message'));
  return { kind: 'failed', unit, failure, counts: noCounts };
}

/** Kept whole as soon as something of it has failed by itself, and given up on when waiting can change none of it. */
async function unsettled(
  failures: readonly [Failure, ...Failure[]],
  held: HeldDelivery,
  units: readonly UnitOutcome[],
  parts: SettleParts,
): Promise<Settlement> {
  const own = failures.find(({ owner }) => owner === 'message') ?? failures.find(isItsOwn);
  const failure = decisive(failures);
  const kept = await recordIfNeeded(own, failure, held, units, parts);
  const isForGood = failures.every(({ again }) => again === 'never');
  if (!isForGood || kept === undefined || held.delivery.lost.aborted) return returned(failure, held);
  return { kind: 'quarantined', failure, proof: kept };
}

/** What has failed by itself is kept at once, and everything else before its source forgets it, whoever was to blame. */
async function recordIfNeeded(
  own: Failure | undefined,
  blamed: Failure,
  held: HeldDelivery,
  units: readonly UnitOutcome[],
  parts: SettleParts,
): Promise<KeptDelivery | undefined> {
  if (own !== undefined) return await record(own, held, units, parts);
  return (await held.delivery.isLast()) ? await record(blamed, held, units, parts) : undefined;
}

async function record(
  failure: Failure,
  { delivery }: HeldDelivery,
  units: readonly UnitOutcome[],
  { failedEntries, source }: SettleParts,
): Promise<KeptDelivery | undefined> {
  if (!(failure.error instanceof ConnectorError)) return undefined;
  // What is wrong with the delivery itself is not put right by the acceptance of its units.
  const failed =
    failure.owner === 'message'
      ? []
      : units.flatMap((each) => (each.kind === 'failed' && isItsOwn(each.failure) ? [each.unit] : []));
  return await failedEntries.recordDelivery(source, delivery.evidence, failure, failed);
}

function returned(failure: Failure, held: HeldDelivery): Settlement {
  const { lost } = held.delivery;
  if (lost.aborted) return { kind: 'lost', failure: failureOf(lost.reason, 'pipeline') };
  return { kind: 'returned', failure, fate: fateOf(failure, !held.isWaiting) };
}
