import type { FailureReport, SliceSummary, SliceTime } from '../../../shared/words/events.ts';
import { isItsOwn } from '../../../shared/words/failure.ts';
import type { ProgressReport, UnitReport } from '../../../shared/words/progress.ts';

/** An object, or a message that announces none, that failed for itself. */
export interface FailedObject extends FailureReport {
  readonly messageId: string;
}

type Delivery = Extract<ProgressReport, { kind: 'delivery' }>;

const timeKinds = ['sideBySide', 'oneRead', 'oneUpload', 'receiving', 'deleting', 'nothing'] as const;

function noTime(): Record<keyof SliceTime, number> {
  return { sideBySide: 0, oneRead: 0, oneUpload: 0, receiving: 0, deleting: 0, nothing: 0 };
}

/** What a whole run did, folded over what the drains reported of their work. */
export class RunTotals {
  objects = 0;
  objectsSkipped = 0;
  objectsSuppressed = 0;
  records = 0;
  rows = 0;
  stubs = 0;
  dropped = 0;
  suppressed = 0;
  left = 0;
  bytesIn = 0;
  bytesInflated = 0;
  bytesOut = 0;
  bytesUploaded = 0;
  requests = 0;
  slices = 0;
  /** Slices that were killed: what is known of them are the deliveries that were settled. */
  slicesCut = 0;
  identityHolds = true;
  isLedgerAvailable = true;
  readonly timeMs: Record<keyof SliceTime, number> = noTime();
  readonly openCircuits = new Map<string, FailureReport>();
  /** By the object's title, or the message's. */
  readonly failedObjects = new Map<string, FailedObject>();
  #breakdown: FailureReport | undefined;
  /** What each slice has delivered so far. */
  readonly #underWay = new Map<string, { objects: number; rows: number; stubs: number }>();

  /** What keeps all work from going on now, or the first thing that broke down. */
  get failure(): FailureReport | undefined {
    const [circuit] = this.openCircuits.values();
    return this.#breakdown ?? circuit;
  }

  /** Returns the failures that are new. */
  add(report: ProgressReport): readonly FailedObject[] {
    switch (report.kind) {
      case 'delivery':
        return this.#addDelivery(report);
      case 'circuit':
        if (report.because === undefined) this.openCircuits.delete(report.circuit);
        else this.openCircuits.set(report.circuit, report.because);
        return [];
      case 'slice':
        this.#underWay.delete(report.slice);
        this.#addSlice(report.summary);
        return [];
    }
  }

  /** Once nothing runs any more: a slice that never told its end was killed, and what it delivered counts all the same. */
  end(): void {
    for (const { objects, rows, stubs } of this.#underWay.values()) {
      this.slicesCut += 1;
      this.objects += objects;
      this.records += rows;
      this.rows += rows;
      this.stubs += stubs;
    }
    this.#underWay.clear();
  }

  #addDelivery({ failure, id, isDone, slice, units }: Delivery): FailedObject[] {
    const found: FailedObject[] = [];
    const message = `message ${id}`;
    const note = (title: string, why: FailureReport): void => {
      const failed = { ...why, messageId: id };
      if (this.failedObjects.get(title)?.code !== why.code) found.push(failed);
      this.failedObjects.set(title, failed);
    };
    for (const unit of units) {
      if (unit.kind === 'accepted') this.#deliver(slice, unit);
      if (unit.failure === undefined) this.failedObjects.delete(unit.title);
      else if (isItsOwn(unit.failure)) note(unit.title, unit.failure);
    }
    const isOfUnit = units.some((unit) => unit.kind === 'failed');
    if (failure !== undefined && isItsOwn(failure) && !isOfUnit) note(message, failure);
    else if (isDone) this.failedObjects.delete(message);
    return found;
  }

  #deliver(slice: string, { rows, stubs }: UnitReport): void {
    const delivered = this.#underWay.get(slice) ?? { objects: 0, rows: 0, stubs: 0 };
    this.#underWay.set(slice, delivered);
    delivered.objects += 1;
    delivered.rows += rows;
    delivered.stubs += stubs;
  }

  #addSlice(summary: SliceSummary): void {
    if (summary.ended === 'failed') this.#breakdown ??= summary.failure;
    this.slices += 1;
    this.objects += summary.objectsAccepted;
    this.objectsSkipped += summary.objectsSkipped;
    this.objectsSuppressed += summary.objectsSuppressed;
    this.records += summary.records;
    this.rows += summary.rowsAccepted;
    this.stubs += summary.stubs;
    this.dropped += summary.recordsDropped;
    this.suppressed += summary.recordsSuppressed;
    this.left += summary.recordsLeft;
    this.bytesIn += summary.bytesRead;
    this.bytesInflated += summary.bytesInflated;
    this.bytesOut += summary.bytesSent;
    this.bytesUploaded += summary.bytesUploaded;
    this.requests += summary.uploads;
    this.identityHolds &&= summary.identityHolds;
    this.isLedgerAvailable &&= summary.ledger !== 'unavailable';
    for (const kind of timeKinds) this.timeMs[kind] += summary.timeMs[kind];
  }
}

/** The fate of a message: an ordinary end of a slice, which gives messages back, is no failure of theirs. */
export function messageFate({ failure, isDone }: Delivery): 'deleted' | 'failed' | undefined {
  if (isDone) return 'deleted';
  return failure === undefined || failure.owner === 'nobody' ? undefined : 'failed';
}
