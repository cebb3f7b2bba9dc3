import type { FailureReport, SliceSummary } from '../../shared/events.ts';

/** One line of the connector's log: an event's name and its fields (see shared/telemetry.ts). */
export type EventLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** The ordinary ends of a slice: a message given back for one of them has not failed. */
const quietCodes: ReadonlySet<unknown> = new Set(['slice-ended', 'circuit-open', 'claim-held']);

/** What a whole run did: the slices' summaries added up, and the fate of every message, read from the connector's log. */
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
  identityHolds = true;
  /** The first failure that stopped work. */
  failure: FailureReport | undefined;
  readonly openCircuits = new Set<string>();
  readonly failedObjects = new Map<string, FailureReport>();
  readonly #deleted = new Set<string>();
  readonly #settled = new Set<string>();
  readonly #remedies = new Map<string, string>();

  get messagesDeleted(): number {
    return this.#deleted.size;
  }

  /** Messages that were deleted or have failed at least once. */
  get messagesSettled(): number {
    return this.#settled.size;
  }

  add(line: EventLine): void {
    switch (line.event) {
      case 'message-acknowledged':
        this.#deleted.add(String(line['messageId']));
        this.#settled.add(String(line['messageId']));
        return;
      case 'message-returned':
        if (!quietCodes.has(line['code'])) this.#settled.add(String(line['messageId']));
        return;
      case 'object-failed': {
        const failure = this.#failureIn(line);
        this.failedObjects.set(String(line['key'] ?? failure.message), failure);
        return;
      }
      case 'circuit-opened':
        this.openCircuits.add(`${line['source']}/${line['circuit']}`);
        this.failure ??= this.#failureIn(line);
        return;
      case 'circuit-closed':
        this.openCircuits.delete(`${line['source']}/${line['circuit']}`);
        return;
      case 'source-failed':
        this.failure ??= this.#failureIn(line);
        return;
      case 'settings-refused':
        this.failure ??= { code: 'settings-invalid', message: (line['problems'] as string[]).join('; ') };
        return;
      case 'slice-finished':
        this.#addSlice(line as unknown as SliceSummary);
        return;
    }
  }

  /** A remedy is said once per process, so it is remembered for the later lines of its code. */
  #failureIn(line: EventLine): FailureReport {
    const code = line['code'] as FailureReport['code'];
    if (typeof line['remedy'] === 'string') this.#remedies.set(code, line['remedy']);
    const remedy = this.#remedies.get(code);
    return { code, message: String(line['message']), ...(remedy !== undefined && { remedy }) };
  }

  #addSlice(summary: SliceSummary): void {
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
  }
}

/** The event in a line of the functions host's log, if it is one of the connector's. */
export function readEventLine(message: string): EventLine | undefined {
  if (!message.startsWith('{"event":"')) return undefined;
  try {
    return JSON.parse(message) as EventLine;
  } catch {
    return undefined; // a line that only looks like an event
  }
}
