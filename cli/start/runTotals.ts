import type { ConnectorEvent, FailureReport, SliceSummary } from '../../shared/events.ts';

/** What a whole run did: the slices' summaries added up, and the fate of every message seen so far. */
export class RunTotals {
  objects = 0;
  objectsFailed = 0;
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
  identityHolds = true;
  failure: FailureReport | undefined;
  readonly openCircuits = new Map<string, FailureReport>();
  readonly failedObjects = new Map<string, FailureReport>();
  readonly #deleted = new Set<string>();
  readonly #returned = new Set<string>();

  /** Messages that were deleted. */
  get messagesDeleted(): number {
    return this.#deleted.size;
  }

  /** Messages that were deleted or have failed at least once. */
  get messagesSettled(): number {
    return new Set([...this.#deleted, ...this.#returned]).size;
  }

  add(event: ConnectorEvent): void {
    if (event.type === 'message-acknowledged' || event.type === 'message-empty') this.#deleted.add(event.messageId);
    if (event.type === 'message-returned') this.#addReturned(event.messageId, event.failure);
    if (event.type === 'object-failed') this.failedObjects.set(nameOf(event.failure), event.failure);
    if (event.type === 'circuit-opened') this.openCircuits.set(`${event.source}/${event.circuit}`, event.failure);
    if (event.type === 'circuit-closed') this.openCircuits.delete(`${event.source}/${event.circuit}`);
    if (event.type === 'source-failed') this.failure ??= event.failure;
    if (event.type === 'settings-refused') {
      this.failure ??= { code: 'settings-invalid', message: event.problems.join('; ') };
    }
    if (event.type === 'slice-finished') this.#addSlice(event.summary);
  }

  /** A message given back because the slice ended or the pipeline failed has not failed itself. */
  #addReturned(messageId: string, failure: FailureReport): void {
    if (failure.code === 'slice-ended' || failure.code === 'circuit-open' || failure.code === 'claim-held') return;
    this.#returned.add(messageId);
  }

  #addSlice(summary: SliceSummary): void {
    this.slices += 1;
    this.objects += summary.objectsAccepted;
    this.objectsSkipped += summary.objectsSkipped;
    this.objectsSuppressed += summary.objectsSuppressed;
    this.objectsFailed += summary.objectsFailed;
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
    if (summary.failure) this.failure ??= summary.failure;
  }
}

function nameOf({ at, message }: FailureReport): string {
  return at?.key ?? message;
}
