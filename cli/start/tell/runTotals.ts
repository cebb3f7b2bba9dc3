import type { FailureReport, SliceSummary, SliceTime } from '../../../shared/words/events.ts';

/** One line of the connector's log: an event's name and its fields (see shared/telemetry.ts). */
export type EventLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** An object that failed for itself. */
export interface FailedObject extends FailureReport {
  readonly messageId?: string;
}

const timeKinds = ['sideBySide', 'oneRead', 'oneUpload', 'receiving', 'deleting', 'nothing'] as const;

function noTime(): Record<keyof SliceTime, number> {
  return { sideBySide: 0, oneRead: 0, oneUpload: 0, receiving: 0, deleting: 0, nothing: 0 };
}

/** What a whole run did: the slices' summaries added up, and what failed, read from the connector's log. */
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
  /** Slices that were killed: what is known of them are the objects whose rows were all accepted. */
  slicesCut = 0;
  identityHolds = true;
  isLedgerAvailable = true;
  readonly timeMs: Record<keyof SliceTime, number> = noTime();
  readonly openCircuits = new Map<string, FailureReport>();
  readonly failedObjects = new Map<string, FailedObject>();
  #breakdown: FailureReport | undefined;
  readonly #remedies = new Map<string, string>();
  /** What each slice has delivered so far, by the name of its source and the invocation it runs in. */
  readonly #underWay = new Map<string, { objects: number; rows: number; stubs: number }>();

  /** What keeps all work from going on now, or the first thing that broke down. */
  get failure(): FailureReport | undefined {
    const [circuit] = this.openCircuits.values();
    return this.#breakdown ?? circuit;
  }

  add(line: EventLine, invocationId = ''): void {
    this.#rememberRemedy(line);
    switch (line.event) {
      case 'object-accepted': {
        const slice = `${invocationId}/${line['source']}`;
        const delivered = this.#underWay.get(slice) ?? { objects: 0, rows: 0, stubs: 0 };
        this.#underWay.set(slice, delivered);
        delivered.objects += 1;
        delivered.rows += Number(line['rows']);
        delivered.stubs += Number(line['stubs']);
        this.failedObjects.delete(String(line['key']));
        return;
      }
      case 'object-failed': {
        const failure = this.#failureIn(line);
        const messageId = line['messageId'];
        this.failedObjects.set(String(line['key'] ?? failure.message), {
          ...failure,
          ...(typeof messageId === 'string' && { messageId }),
        });
        return;
      }
      case 'circuit-opened':
        this.openCircuits.set(`${line['source']}/${line['circuit']}`, this.#failureIn(line));
        return;
      case 'circuit-closed':
        this.openCircuits.delete(`${line['source']}/${line['circuit']}`);
        return;
      case 'source-failed':
        this.#breakdown ??= this.#failureIn(line);
        return;
      case 'settings-refused':
        this.#breakdown ??= {
          code: 'settings-invalid',
          owner: 'pipeline',
          message: (line['problems'] as string[]).join('; '),
        };
        return;
      case 'slice-finished':
        this.#underWay.delete(`${invocationId}/${line['source']}`);
        this.#addSlice(line as unknown as SliceSummary);
        return;
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

  /** A remedy is said once per process, in whatever line comes first, so it is kept for the later lines of its code. */
  #rememberRemedy({ code, remedy }: EventLine): void {
    if (typeof code === 'string' && typeof remedy === 'string') this.#remedies.set(code, remedy);
  }

  #failureIn(line: EventLine): FailureReport {
    const code = line['code'] as FailureReport['code'];
    const remedy = this.#remedies.get(code);
    const owner = line['owner'] as FailureReport['owner'];
    return { code, owner, message: String(line['message']), ...(remedy !== undefined && { remedy }) };
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
    this.isLedgerAvailable &&= summary.ledger !== 'unavailable';
    for (const kind of timeKinds) this.timeMs[kind] += summary.timeMs[kind];
  }
}

/** The fate of a message, when that is what a line tells. */
export function messageFate(
  line: EventLine,
): { readonly messageId: string; readonly fate: 'deleted' | 'failed' } | undefined {
  const messageId = String(line['messageId']);
  if (line.event === 'message-acknowledged') return { messageId, fate: 'deleted' };
  if (line.event === 'message-returned' && line['owner'] !== 'nobody') return { messageId, fate: 'failed' };
  return undefined;
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
