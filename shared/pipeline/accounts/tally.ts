import { sumOfDropped } from '../../cloudtrail/rows/dropped.ts';
import type { FailureReport, HeldBack, SliceEnd, SliceSummary, SliceTime } from '../../words/events.ts';
import { isItsOwn } from '../../words/failure.ts';
import type { SettledDelivery } from '../ports/settledDelivery.ts';
import type { Backlog, Delivery } from '../ports/source.ts';
import { noCounts, type UnitCounts, type UnitOutcome } from '../ports/unitOutcome.ts';
import { Lags } from './lags.ts';

/**
 * The accounts of one slice, folded from what units and deliveries became. The scanner's side (`records`), the side of
 * accepted bodies (`rowsAccepted`) and the side of units (`recordsSuppressed`, `recordsLeft`) are counted in different
 * places, so that their sum proves something.
 */
export class Tally {
  rowsAccepted = 0;
  bytesUploaded = 0;
  bytesSent = 0;
  uploads = 0;
  uploadAttempts = 0;
  rowsOfUnknownOutcome = 0;
  uploadsInFlight = 0;
  mostUploadsInFlight = 0;
  /** Rows of requests that have not been answered yet: of unknown outcome, should the slice end now. */
  rowsInFlight = 0;
  /** Whether all of its storage's answers came. */
  ledger: SliceSummary['ledger'] = 'available';
  /** What is held up when the slice ends. */
  heldBack: readonly HeldBack[] = [];
  /** What waited at the source when the slice ended. */
  backlog: Backlog | undefined;
  /** The first failure that stopped work. */
  failure: FailureReport | undefined;
  readonly #messages = {
    messagesReceived: 0,
    messagesDeleted: 0,
    messagesQuarantined: 0,
    messagesReturned: 0,
    receives: 0,
  };
  readonly #objects = { objectsAccepted: 0, objectsSkipped: 0, objectsSuppressed: 0, objectsFailed: 0 };
  /** Of units that have an outcome. */
  #counts = sumOf([]);
  /** Of the message received that had waited longest. */
  #oldest: number | undefined;
  /** From each event to the acceptance of its row. */
  readonly lags = new Lags();
  /** From the delivery of each log file to the acceptance of its rows. */
  readonly #deliveryLags = new Lags();
  /** Of units that are being worked on: they count as they are, should the slice end now. */
  readonly #underWay = new Set<UnitCounts>();
  readonly #selectorNames: readonly string[];

  /** `selectorNames`: of those that may drop records, by their numbers. */
  constructor(selectorNames: readonly string[] = []) {
    this.#selectorNames = selectorNames;
  }

  requested(): void {
    this.#messages.receives += 1;
  }

  get hasReceived(): boolean {
    return this.#messages.messagesReceived > 0;
  }

  received(deliveries: readonly Pick<Delivery, 'sentAt'>[], now: number): void {
    this.#messages.messagesReceived += deliveries.length;
    for (const { sentAt } of deliveries) this.#oldest = longer(this.#oldest, sentAt, now);
  }

  begun(counts: UnitCounts): void {
    this.#underWay.add(counts);
  }

  addUnit(outcome: UnitOutcome, now: number): void {
    if (outcome.kind === 'complete' && outcome.complete.kind === 'accepted') {
      const { deliveredAt } = outcome.complete.unit;
      const lag = longer(undefined, deliveredAt === undefined ? undefined : Date.parse(deliveredAt), now);
      if (lag !== undefined) this.#deliveryLags.add(lag);
    }
    this.#underWay.delete(outcome.counts);
    this.#counts = sumOf([this.#counts, outcome.counts]);
    const kind = kindOf(outcome);
    if (kind !== undefined) this.#objects[kind] += 1;
  }

  addDelivery({ settlement, settled, units }: SettledDelivery): void {
    if (settled.kind === 'done') {
      this.#messages.messagesDeleted += 1;
      if (settlement.kind === 'quarantined') this.#messages.messagesQuarantined += 1;
    }
    if (settled.kind === 'returned' || settled.kind === 'refused') this.#messages.messagesReturned += 1;
    // Whoever has it now writes the same rows once more.
    if (settled.kind === 'lost' && settlement.kind !== 'acknowledged' && settlement.kind !== 'quarantined') {
      for (const { counts } of units) this.rowsOfUnknownOutcome += counts.written;
    }
  }

  #lagFigures(): Partial<SliceSummary> {
    const [own, delivery] = [this.lags.figures(), this.#deliveryLags.figures()];
    return {
      ...(own !== undefined && { lagP50Ms: own.p50, lagP95Ms: own.p95, longestLagMs: own.longest }),
      ...(delivery !== undefined && {
        ...{ deliveryLagP50Ms: delivery.p50, deliveryLagP95Ms: delivery.p95 },
        longestDeliveryLagMs: delivery.longest,
      }),
    };
  }

  summary(source: string, ended: SliceEnd, durationMs: number, timeMs: SliceTime): SliceSummary {
    const counts = sumOf([this.#counts, ...this.#underWay]);
    const { records, rowsAgain } = counts;
    const { rowsAccepted, failure } = this;
    const { dropped: recordsDropped, suppressed: recordsSuppressed, left: recordsLeft } = counts;
    return {
      source,
      ended,
      identityHolds: records === rowsAccepted + recordsDropped + recordsSuppressed + recordsLeft,
      ...this.#messages,
      ...this.#objects,
      records,
      rowsAccepted,
      recordsDropped,
      ...(this.#selectorNames.length === 0 ? {} : { recordsDroppedBy: named(this.#selectorNames, counts.droppedBy) }),
      recordsSuppressed,
      recordsLeft,
      stubs: counts.stubs,
      truncatedRows: counts.truncated,
      repairedRows: counts.repaired,
      bytesRead: counts.bytesRead,
      bytesInflated: counts.bytesInflated,
      bytesUploaded: this.bytesUploaded,
      bytesSent: this.bytesSent,
      uploads: this.uploads,
      uploadAttempts: this.uploadAttempts,
      rowsOfUnknownOutcome: this.rowsOfUnknownOutcome + this.rowsInFlight + rowsAgain,
      mostUploadsInFlight: this.mostUploadsInFlight,
      ledger: this.ledger,
      heldBack: this.heldBack,
      ...(this.backlog === undefined ? {} : { waiting: this.backlog.visible, inFlight: this.backlog.inFlight }),
      ...(this.#oldest === undefined ? {} : { oldestMessageMs: this.#oldest }),
      ...this.#lagFigures(),
      durationMs,
      timeMs,
      ...(failure === undefined ? {} : { failure }),
    };
  }
}

/** Clocks may differ: nothing is younger than now. */
function longer(before: number | undefined, since: number | undefined, now: number): number | undefined {
  if (since === undefined || Number.isNaN(since)) return before;
  return Math.max(before ?? 0, now - since);
}

function kindOf(outcome: UnitOutcome) {
  if (outcome.kind === 'failed') return isItsOwn(outcome.failure) ? 'objectsFailed' : undefined;
  switch (outcome.complete.kind) {
    case 'accepted':
      return 'objectsAccepted';
    case 'suppressed':
      return 'objectsSuppressed';
    case 'skipped':
      return 'objectsSkipped';
  }
}

function sumOf(all: readonly UnitCounts[]): UnitCounts {
  const { droppedBy: none, ...zeros } = noCounts;
  const sum: { -readonly [Name in keyof typeof zeros]: number } = { ...zeros };
  const names = Object.keys(sum) as (keyof typeof sum)[];
  for (const counts of all) for (const name of names) sum[name] += counts[name];
  return { ...sum, droppedBy: all.reduce((by, counts) => sumOfDropped(by, counts.droppedBy), none) };
}

function named(names: readonly string[], counts: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0]));
}
