import { ConnectorError } from '../../words/errors.ts';
import { type Failure, failureOf, isItsOwn } from '../../words/failure.ts';
import type { SliceTimer } from '../accounts/sliceTimer.ts';
import type { FailedEntries } from '../ports/failedEntries.ts';
import {
  acknowledgement,
  type CompleteUnit,
  type Settled,
  type SettledDelivery,
  type Settlement,
  skippedUnit,
} from '../ports/settlement.ts';
import type { AnnouncedUnit, Announcement, Delivery } from '../ports/source.ts';
import type { Unit } from '../ports/unit.ts';
import { noCounts, type UnitOutcome } from '../ports/unitOutcome.ts';
import type { Ingesting } from '../unit/ingest.ts';
import { decisive, fateOf } from './fate.ts';
import type { HeldDeliveries, HeldDelivery } from './held.ts';

export interface SettleParts {
  /** Name of the source, for failed entries. */
  readonly source: string;
  readonly held: Pick<HeldDeliveries, 'drop' | 'read'>;
  readonly failedEntries: Pick<FailedEntries, 'recordDelivery'>;
  readonly timer: Pick<SliceTimer, 'during'>;
  readonly ingest: (unit: Unit, asked: Ingesting) => Promise<UnitOutcome>;
  readonly onAnnouncement: (announcement: Announcement, delivery: Delivery) => void;
  /** Told of each unit as soon as it has its outcome: siblings may take long. */
  readonly onUnit: (outcome: UnitOutcome, delivery: Delivery) => void;
  /** Told before the source is. */
  readonly onSettlement: (settlement: Settlement) => void;
}

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

/** Only the deletion of what was acknowledged is waited for while it still counts as held. */
function told(settlement: Settlement, held: HeldDelivery, { held: all, timer }: SettleParts): Promise<Settled> {
  const { delivery } = held;
  if (settlement.kind === 'acknowledged') return timer.during('delete', () => delivery.settle(settlement));
  all.drop(held);
  return delivery.settle(settlement);
}

async function settlementOf(held: HeldDelivery, units: UnitOutcome[], parts: SettleParts): Promise<Settlement> {
  try {
    return await tryToSettle(held, units, parts);
  } catch (bug) {
    // An error outside the table is nobody's but ours, and still no reason to delete.
    const failure = failureOf(bug, 'message');
    if (isItsOwn(failure)) await record(failure, held, parts);
    return returned(failure, held);
  }
}

async function tryToSettle(held: HeldDelivery, units: UnitOutcome[], parts: SettleParts): Promise<Settlement> {
  const { delivery } = held;
  const announcement = delivery.announcement();
  parts.onAnnouncement(announcement, delivery);
  const { units: announced, faults } = announcement;
  await Promise.all([recordFaults(announcement, held, parts), settleUnits(announced, held, units, parts)]);

  const complete: CompleteUnit[] = [];
  const failures = faults.map((error) => failureOf(error, 'message'));
  for (const outcome of units) {
    if (outcome.kind === 'complete') complete.push(outcome.complete);
    else failures.push(outcome.failure);
  }
  const [first, ...others] = failures;
  if (first !== undefined) return returned(decisive([first, ...others]), held);
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
): Promise<void> {
  let reading = announced.length;
  const onRead = (): void => {
    reading -= 1;
    if (reading === 0) parts.held.read(held);
  };
  if (reading === 0) parts.held.read(held);
  const onBegin = (): void => {
    held.isWaiting = false;
  };
  const { delivery } = held;
  const settleUnit = async (each: AnnouncedUnit): Promise<void> => {
    const outcome =
      each.fate === 'ingest' ? await parts.ingest(each.unit, { delivery, onBegin, onRead }) : unread(each, onRead);
    units.push(outcome);
    parts.onUnit(outcome, delivery);
  };
  await Promise.all(announced.map(settleUnit));
}

function unread(each: Exclude<AnnouncedUnit, { fate: 'ingest' }>, onRead: () => void): UnitOutcome {
  onRead();
  const { unit } = each;
  if (each.fate === 'skip') {
    return { kind: 'complete', complete: skippedUnit(unit, each.reason), counts: noCounts, isReingested: false };
  }
  return { kind: 'failed', unit, failure: failureOf(each.error, 'message'), counts: noCounts };
}

/** One failed entry a delivery, however much of it is not understood or not allowed: it keeps the whole. */
async function recordFaults({ units, faults }: Announcement, held: HeldDelivery, parts: SettleParts): Promise<void> {
  const fault = faults[0] ?? units.find((each) => each.fate === 'refuse')?.error;
  if (fault !== undefined) await record(failureOf(fault, 'message'), held, parts);
}

async function record(failure: Failure, { delivery }: HeldDelivery, parts: SettleParts): Promise<void> {
  if (!(failure.error instanceof ConnectorError)) return;
  await parts.failedEntries.recordDelivery(parts.source, delivery.evidence, failure);
}

function returned(failure: Failure, held: HeldDelivery): Settlement {
  const { lost } = held.delivery;
  if (lost.aborted) return { kind: 'lost', failure: failureOf(lost.reason, 'pipeline') };
  return { kind: 'returned', failure, fate: fateOf(failure, !held.isWaiting) };
}
