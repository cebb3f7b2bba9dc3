import { gunzipSync, gzipSync } from 'node:zlib';
import { appendRow, type RowBody } from '../../../shared/cloudtrail/rows/body.ts';
import type { FeedResult, OpenRowStream } from '../../../shared/cloudtrail/rows/engine.ts';
import { memoryCircuits } from '../../../shared/pipeline/circuits/memoryCircuits.ts';
import { queueSource } from '../../../shared/pipeline/delivery/queue/source.ts';
import { drain } from '../../../shared/pipeline/drain/drain.ts';
import { noFailedEntries } from '../../../shared/pipeline/ledger/noFailedEntries.ts';
import { noLease, noLedger } from '../../../shared/pipeline/ledger/noLedger.ts';
import type { DrainSettings } from '../../../shared/pipeline/limits/drainSettings.ts';
import type { Destination, UploadBody } from '../../../shared/pipeline/ports/destination.ts';
import type { Lease, Ledger } from '../../../shared/pipeline/ports/lease.ts';
import type { ObjectStore } from '../../../shared/pipeline/ports/objects.ts';
import type { DrainPorts } from '../../../shared/pipeline/ports/ports.ts';
import type { AcknowledgedMessage, MessageOutcome, MessageQueue } from '../../../shared/pipeline/ports/queue.ts';
import type { Source } from '../../../shared/pipeline/ports/source.ts';
import type { NamedUnit } from '../../../shared/pipeline/ports/unit.ts';
import { defaultTuning } from '../../../shared/settings/tuning.ts';
import type { ObjectRef, QueueMessage } from '../../../shared/words/announcement.ts';
import type { Clock } from '../../../shared/words/clock.ts';
import { ConnectorError, type ErrorCode } from '../../../shared/words/errors.ts';
import type { ConnectorEvent, SliceSummary } from '../../../shared/words/events.ts';

/** A clock that moves only when nothing else can happen, and then to the next time somebody waits for. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-11-01T00:00:00Z');
  #sleepers = new Set<{ at: number; wake: () => void }>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.#now + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Runs the work to its end, moving the clock as often as needed. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    work.then(
      () => {
        isDone = true;
      },
      () => {
        isDone = true;
      },
    );
    for (let steps = 0; ; steps++) {
      for (let turns = 0; turns < 3 && !isDone; turns++) await new Promise(setImmediate);
      if (isDone) return await work;
      if (steps > 100_000) throw new Error('the work does not end');
      this.step();
    }
  }

  /** Lets everything happen that can happen now. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < 4; turns++) await new Promise(setImmediate);
  }

  /** Moves to the next time somebody waits for. */
  step(): void {
    const next = Math.min(...[...this.#sleepers].map(({ at }) => at));
    if (next === Number.POSITIVE_INFINITY) throw new Error('everybody waits, and nobody for the clock');
    this.#now = Math.max(this.#now, next);
    for (const { at, wake } of [...this.#sleepers]) if (at <= this.#now) wake();
  }

  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await this.quiet();
    while ([...this.#sleepers].some(({ at }) => at <= target)) {
      this.step();
      await this.quiet();
    }
    this.#now = target;
  }
}

interface Stored {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  handle: string;
  /** How its visibility was last changed. */
  changedTo: number | undefined;
}

type QueueCall = 'receive' | 'changeVisibility' | 'delete' | 'probe';

/** A standard queue with true visibility timeouts, receipt handles, receive counts and redrive. */
export class FakeQueue implements MessageQueue {
  readonly messages = new Map<string, Stored>();
  readonly deadLetters: string[] = [];
  readonly receives: { readonly at: number; readonly waitSeconds: number; readonly count: number }[] = [];
  readonly #clock: FakeClock;
  readonly #journal: string[];
  #handles = 0;
  maxReceiveCount = 10;
  /** May throw instead of the call. */
  fault: (call: QueueCall) => Error | undefined = () => undefined;
  /** May refuse one entry of a batch. */
  refuse: (call: 'changeVisibility' | 'delete', id: string) => string | undefined = () => undefined;

  constructor(clock: FakeClock, journal: string[]) {
    this.#clock = clock;
    this.#journal = journal;
  }

  send(id: string, body: string): void {
    const now = this.#clock.now();
    this.messages.set(id, { id, body, sentAt: now, visibleAt: now, receiveCount: 0, handle: '', changedTo: undefined });
  }

  /** Lets a message that somebody holds be received again, at once or in a while. */
  expireVisibility(id: string, inMs = 0): void {
    const stored = this.messages.get(id);
    if (stored === undefined) throw new Error(`no message ${id}`);
    stored.visibleAt = this.#clock.now() + inMs;
  }

  /** Delivers a message once more while somebody holds it: a server of the queue was out of reach when it was received. */
  sendCopy(id: string): void {
    const stored = this.messages.get(id);
    if (stored === undefined) throw new Error(`no message ${id}`);
    this.messages.set(`${id}, copy`, { ...stored, visibleAt: this.#clock.now() });
  }

  async receive(
    request: { maxMessages: number; waitSeconds: number; visibilitySeconds: number },
    signal: AbortSignal,
  ): Promise<readonly QueueMessage[]> {
    this.#throwFault('receive');
    const until = this.#clock.now() + request.waitSeconds * 1000;
    let taken = this.#take(request);
    while (taken.length === 0 && this.#clock.now() < until && !signal.aborted) {
      await this.#clock.sleep(Math.min(100, until - this.#clock.now()), signal);
      taken = this.#take(request);
    }
    signal.throwIfAborted();
    this.receives.push({ at: this.#clock.now(), waitSeconds: request.waitSeconds, count: taken.length });
    return taken;
  }

  async changeVisibility(messages: readonly QueueMessage[], seconds: number): Promise<readonly MessageOutcome[]> {
    this.#throwFault('changeVisibility');
    if (messages.length > 10) throw new Error('more than 10 entries');
    return messages.map(({ id, receiptHandle }) => {
      const stored = [...this.messages.values()].find(({ handle }) => handle === receiptHandle);
      const refused = this.refuse('changeVisibility', id);
      if (refused !== undefined)
        return { messageId: id, refused, ...(refused === 'InternalError' && { isTransient: true }) };
      if (stored === undefined || stored.visibleAt <= this.#clock.now()) {
        return { messageId: id, refused: 'MessageNotInflight' };
      }
      stored.visibleAt = this.#clock.now() + seconds * 1000;
      stored.changedTo = seconds;
      return { messageId: id };
    });
  }

  async delete(messages: readonly AcknowledgedMessage[]): Promise<readonly MessageOutcome[]> {
    this.#throwFault('delete');
    if (messages.length > 10) throw new Error('more than 10 entries');
    return messages.map(({ message }) => {
      const refused = this.refuse('delete', message.id);
      if (refused !== undefined) return { messageId: message.id, refused };
      // An old handle is answered like a new one, and deletes nothing.
      if (this.messages.get(message.id)?.handle === message.receiptHandle) this.messages.delete(message.id);
      this.#journal.push(`delete ${message.id}`);
      return { messageId: message.id };
    });
  }

  async measureBacklog() {
    return { visible: this.messages.size, inFlight: 0, mostReceives: this.maxReceiveCount };
  }

  async probe(): Promise<void> {
    this.#journal.push('probe queue');
    this.#throwFault('probe');
  }

  #take({ maxMessages, visibilitySeconds }: { maxMessages: number; visibilitySeconds: number }): QueueMessage[] {
    const now = this.#clock.now();
    const taken: QueueMessage[] = [];
    for (const stored of this.messages.values()) {
      if (taken.length >= maxMessages || stored.visibleAt > now) continue;
      if (stored.receiveCount >= this.maxReceiveCount) {
        this.messages.delete(stored.id);
        this.deadLetters.push(stored.id);
        continue;
      }
      stored.visibleAt = now + visibilitySeconds * 1000;
      stored.receiveCount += 1;
      this.#handles += 1;
      stored.handle = `handle-${this.#handles}`;
      const { body, handle, id, receiveCount, sentAt } = stored;
      taken.push({ id, body, receiptHandle: handle, receiveCount, sentAt, receivedAt: now });
    }
    return taken;
  }

  #throwFault(call: QueueCall): void {
    const error = this.fault(call);
    if (error !== undefined) throw error;
  }
}

/** A bucket of gzip files. */
export class FakeStore implements ObjectStore {
  readonly objects = new Map<string, Uint8Array>();
  readonly opened: string[] = [];
  readonly #clock: FakeClock;
  latencyMs = 20;
  chunkBytes = 64 * 1024;
  mostOpen = 0;
  #open = 0;
  /** May throw instead of the answer. */
  fault: (object: ObjectRef, attempt: number) => Error | undefined = () => undefined;
  /** After how many compressed bytes the connection breaks. */
  cutAfter: (object: ObjectRef, attempt: number) => number | undefined = () => undefined;
  /** Where the content was replaced. */
  readonly etags = new Map<string, string>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async open(object: ObjectRef, signal: AbortSignal) {
    this.opened.push(object.key);
    const attempt = this.opened.filter((key) => key === object.key).length;
    await this.#clock.sleep(this.latencyMs, signal);
    signal.throwIfAborted();
    const error = this.fault(object, attempt);
    if (error !== undefined) throw error;
    const bytes = this.objects.get(`${object.bucket}/${object.key}`);
    if (bytes === undefined) throw new ConnectorError('object-not-found', `s3://${object.bucket}/${object.key}`);
    const chunks = this.#chunks(bytes, this.cutAfter(object, attempt), signal);
    const etag = this.etags.get(object.key) ?? `"etag-${object.key}"`;
    return { sizeBytes: bytes.length, etag, chunks, close: () => undefined };
  }

  async *#chunks(bytes: Uint8Array, cutAfter: number | undefined, signal: AbortSignal) {
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    try {
      for (let from = 0; from < bytes.length; from += this.chunkBytes) {
        await this.#clock.sleep(1, signal);
        signal.throwIfAborted();
        if (cutAfter !== undefined && from + this.chunkBytes > cutAfter) {
          throw new ConnectorError('object-cut', 'the connection broke');
        }
        yield bytes.subarray(from, from + this.chunkBytes);
      }
    } finally {
      this.#open -= 1;
    }
  }
}

export type Answer = Error | 'lost' | undefined;

/** A rule that checks what it is sent, and keeps the rows it accepted. */
export class FakeDestination implements Destination {
  readonly rule: string;
  readonly stream = 'Custom-AWSCloudTrail';
  readonly accepted: string[] = [];
  readonly bodies: number[] = [];
  readonly requests: { readonly at: number; readonly rows: number }[] = [];
  readonly #clock: FakeClock;
  readonly #journal: string[];
  latencyMs = 150;
  limit = Number.POSITIVE_INFINITY;
  /** An error is answered; 'lost' takes the rows and answers nothing. */
  answer: (rows: readonly string[], request: number) => Answer = () => undefined;
  probeAnswer: () => Error | undefined = () => undefined;

  constructor(rule: string, clock: FakeClock, journal: string[]) {
    this.rule = rule;
    this.#clock = clock;
    this.#journal = journal;
  }

  async upload(body: UploadBody, signal: AbortSignal): Promise<void> {
    const bytes = gunzipSync(body.gzipped);
    const rows = (JSON.parse(bytes.toString()) as unknown[]).map((row) => JSON.stringify(row));
    if (rows.length !== body.rows || bytes.length !== body.uncompressedBytes) throw new Error('the body lies');
    if (bytes.length > this.limit) throw new Error(`a body of ${bytes.length} bytes`);
    this.requests.push({ at: this.#clock.now(), rows: rows.length });
    const request = this.requests.length;
    await this.#clock.sleep(this.latencyMs, signal);
    if (signal.aborted) throw unavailable(true);
    const answer = this.answer(rows, request);
    if (answer instanceof Error) throw answer;
    this.accepted.push(...rows);
    this.bodies.push(bytes.length);
    this.#journal.push(`accept ${rows.length} ${this.rule}`);
    if (answer === 'lost') throw unavailable(true);
  }

  async probe(): Promise<void> {
    this.#journal.push(`probe ${this.rule}`);
    const error = this.probeAnswer();
    if (error !== undefined) throw error;
  }
}

function unavailable(outcomeUnknown: boolean): ConnectorError {
  return new ConnectorError('upload-unavailable', 'no answer', { outcomeUnknown });
}

export function failure(code: ErrorCode, retryAfterMs?: number): ConnectorError {
  return new ConnectorError(code, `it is ${code}`, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** One record per line, one row per record; the last line is a full stop. `!` breaks the framing. */
export const lineRows: OpenRowStream = () => {
  const lines: string[] = [];
  let text = '';
  let isEnded = false;
  let records = 0;
  let rows = 0;
  const framing = (message: string) => new ConnectorError('json-invalid', message);

  const write = (body: RowBody): FeedResult => {
    for (let line = lines[0]; line !== undefined; line = lines[0]) {
      if (line === '!') throw framing('the record is broken');
      if (!appendRow(body, Buffer.from(`${line},`), { idStart: 0, idEnd: 0, timeStart: 0 })) return 'body-full';
      rows += 1;
      lines.shift();
    }
    return 'fed';
  };
  return {
    feed(piece, body) {
      text += Buffer.from(piece).toString('latin1');
      const complete = text.split('\n');
      text = complete.pop() ?? '';
      for (const line of complete) {
        if (line === '.') isEnded = true;
        else lines.push(line);
        if (line !== '.' && line !== '!') records += 1;
      }
      return write(body);
    },
    resume: write,
    end() {
      if (!isEnded) throw framing('the file is unfinished');
      return 'fed';
    },
    get counts() {
      return {
        records,
        rows,
        rowBytes: 0,
        dropped: 0,
        droppedBy: [],
        stubs: 0,
        gathered: 0,
        trailingBytes: 0,
        truncated: 0,
        repaired: 0,
      };
    },
    stubs: [],
  };
};

/** A ledger whose leases have some acts of their own. */
export function ledgerWith(acts: (unit: NamedUnit) => Partial<Lease>): Ledger {
  return {
    ...noLedger,
    claim: async (unit) => ({ kind: 'granted', lease: { ...noLease(unit), ...acts(unit) } }),
  };
}

export function logFile(rows: readonly string[], end = '.\n'): Uint8Array {
  return gzipSync(rows.map((row) => `${row}\n`).join('') + end);
}

export const bucket = 'trail-logs';

export function keyOf(name: string): string {
  return `AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01/111122223333_CloudTrail_eu-west-1_20261101T0005Z_${name}.json.gz`;
}

export function announce(...keys: readonly string[]): string {
  return announceIn(bucket, ...keys);
}

export function announceIn(name: string, ...keys: readonly string[]): string {
  return JSON.stringify({
    Records: keys.map((key) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name }, object: { key, size: 500 } },
    })),
  });
}

export const usualSettings: DrainSettings = {
  ...defaultTuning,
  source: 'test',
  allowedBuckets: [bucket, 'other-logs'],
  // Smaller than in life, so that a few rows and files reach the bounds.
  sliceMs: 300_000,
  receivers: 2,
  longPollSeconds: 20,
  objectsInFlight: 8,
  bytesInFlight: 1_000_000,
  decompressedBytesCap: 10_000_000,
  expansionAlarm: 200,
  batchBytes: 1_000,
  lingerMs: 500,
  uploadsInFlight: 4,
  gzipLevel: 1,
  catchUpGzipLevel: 1,
  uploadAttempts: 3,
};

/** A queue, a bucket and a rule, and one drain of them. */
export class World {
  readonly clock = new FakeClock();
  readonly journal: string[] = [];
  readonly events: ConnectorEvent[] = [];
  readonly queue = new FakeQueue(this.clock, this.journal);
  readonly store = new FakeStore(this.clock);
  readonly rule = new FakeDestination('dcr-1', this.clock, this.journal);
  readonly ports: DrainPorts;
  readonly settings: DrainSettings;

  constructor({ settings, ports }: { settings?: Partial<DrainSettings>; ports?: Partial<DrainPorts> } = {}) {
    this.settings = { ...usualSettings, ...settings };
    this.rule.limit = this.settings.batchBytes;
    this.ports = {
      clock: this.clock,
      source: this.source(),
      destinations: [this.rule],
      ledger: noLedger,
      failedEntries: noFailedEntries,
      circuits: memoryCircuits(),
      report: (event) => this.events.push(event),
      random: () => 0.5,
      // Synchronous, so that the clock knows when nothing is going on.
      compress: async (bytes, level) => gzipSync(bytes, { level }),
      ...ports,
    };
  }

  source(): Source {
    const { allowedBuckets, heartbeatMs, source: name, visibilitySeconds } = this.settings;
    return queueSource({
      ...{ name, queue: this.queue, objects: this.store, allowedBuckets, visibilitySeconds, heartbeatMs },
      clock: this.clock,
      random: () => 0.5,
    });
  }

  /** Puts a log file into the bucket; its rows are `{"n":"name-0"}` and so on. */
  put(name: string, rows: number, { end = '.\n', width = 0 } = {}): string {
    const key = keyOf(name);
    this.store.objects.set(`${bucket}/${key}`, logFile(rowsOf(name, rows, width), end));
    return key;
  }

  /** A message announcing one new log file. */
  sendFile(name: string, rows = 3): void {
    this.queue.send(`m-${name}`, announce(this.put(name, rows)));
  }

  drain(signal: AbortSignal = new AbortController().signal): Promise<SliceSummary> {
    return this.clock.run(drain(this.ports, this.settings, lineRows, signal));
  }

  told<Type extends ConnectorEvent['type']>(type: Type): Extract<ConnectorEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<ConnectorEvent, { type: Type }> => event.type === type);
  }
}

export function rowsOf(name: string, rows: number, width = 0): string[] {
  return Array.from({ length: rows }, (_, n) => `{"n":"${name}-${n}${'x'.repeat(width)}"}`);
}
