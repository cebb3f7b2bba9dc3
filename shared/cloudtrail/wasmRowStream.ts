import { isUtf8 } from 'node:buffer';
import { ByteRowStream, type RowStreamOptions, recordLimits } from './byteRowStream.ts';
import type {
  EngineCounts,
  FeedResult,
  ObjectContext,
  OpenRowStream,
  RowBody,
  RowStream,
  StubNote,
} from './rowEngine.ts';
import { endOfRecords, full, malformed, mostWrittenBytes, RowModule } from './rowModule.ts';
import type { RecordLimits } from './scannerCollector.ts';

/**
 * The row engine of the hot path: a WebAssembly module writes the rows of ordinary records, and whatever is not ordinary
 * (the framing around the records, odd records, damage) goes to the byte engine, which so decides every doubtful case.
 */
export function openWasmRowStream(options: RowStreamOptions = {}): OpenRowStream {
  const limits = recordLimits(options);
  // Feeding is synchronous and leaves nothing behind in the module's memory, so all streams share one.
  const module = new RowModule(limits);
  return (context) => new WasmRowStream(context, limits, module);
}

/** The beginning of the files that CloudTrail writes; any other beginning makes the whole file the byte engine's. */
const usualHead = Buffer.from('{"Records":[');

class WasmRowStream implements RowStream {
  readonly #module: RowModule;
  readonly #bytes: ByteRowStream;
  readonly #rowHead: Uint8Array;
  #state: 'head' | 'records' | 'stretch' | 'byte-engine' = 'head';
  /** Bytes of earlier pieces that are not taken yet: the usual head's beginning, or an unfinished record. */
  #carry: Uint8Array = new Uint8Array(0);
  /** What is not taken yet of the present piece. */
  #piece: Uint8Array = new Uint8Array(0);
  /** Offset in the decompressed object of the first byte not taken. */
  #offset = 0;
  #rows = 0;
  #stretchBytes = 0;

  constructor(context: ObjectContext, limits: RecordLimits, module: RowModule) {
    this.#module = module;
    this.#bytes = new ByteRowStream(context, limits);
    this.#rowHead = Buffer.from(`{"SourceObject":${JSON.stringify(context.sourceObject)}`);
  }

  get stubs(): readonly StubNote[] {
    return this.#bytes.stubs;
  }

  get counts(): EngineCounts {
    const { records, rows, stubs, truncated, repaired } = this.#bytes.counts;
    return { records: this.#rows + records, rows: this.#rows + rows, stubs, truncated, repaired };
  }

  feed(piece: Uint8Array, body: RowBody): FeedResult {
    if (this.#state === 'byte-engine') return this.#bytes.feed(piece, body);
    this.#piece = piece;
    if (this.#state === 'head' && !this.#takeHead()) {
      this.#holdRest();
      return 'fed';
    }
    return this.#go(body);
  }

  resume(body: RowBody): FeedResult {
    if (this.#state === 'byte-engine') return this.#bytes.resume(body);
    if (this.#state === 'stretch' && !this.#finishStretch(this.#bytes.resume(body))) return 'body-full';
    return this.#go(body);
  }

  end(): void {
    // Unfinished: the byte engine says what is missing. What is held can make no row, or it would not be held.
    if (this.#state !== 'byte-engine') this.#handOver({ bytes: new Uint8Array(0), length: 0, rows: 0, limit: 0 });
    this.#bytes.end();
  }

  /** True when the records begin, or when it is not the usual head. */
  #takeHead(): boolean {
    const known = this.#carry.length + this.#piece.length;
    const beginning = Buffer.concat([this.#carry, this.#piece.subarray(0, usualHead.length)]);
    const isUsual = beginning
      .subarray(0, usualHead.length)
      .equals(usualHead.subarray(0, Math.min(known, usualHead.length)));
    if (isUsual && known < usualHead.length) return false;
    if (isUsual) {
      this.#take(usualHead.length);
      this.#state = 'records';
    }
    return true;
  }

  #go(body: RowBody): FeedResult {
    if (this.#state === 'head') return this.#handOver(body);
    for (;;) {
      const loaded = this.#module.load(this.#carry, this.#piece);
      const isAllLoaded = loaded === this.#carry.length + this.#piece.length;
      const stop = this.#runOver(body);
      if (stop === 'body-full') return stop;
      if (stop === 'not-records' || this.#isBeyondInput(loaded, isAllLoaded)) return this.#handOver(body);
      if (isAllLoaded) {
        this.#holdRest();
        return 'fed';
      }
    }
  }

  /** Makes rows of what is loaded, until more is needed, the body is full, or it is no record that follows. */
  #runOver(body: RowBody): 'needs-more' | 'body-full' | 'not-records' {
    const module = this.#module;
    for (let at = 0; ; ) {
      const room = body.limit - body.length;
      const run = module.run(at, this.#rowHead, room, this.counts.records === 0);
      // Invalid UTF-8 is rare; where it occurs the byte engine finds and counts it.
      if (run.rows > 0 && !isUtf8(module.input(at, run.stoppedAt))) return 'not-records';
      this.#append(run.rows, run.written, body);
      this.#take(run.stoppedAt - at);
      at = run.stoppedAt;
      if (run.status === endOfRecords || run.status === malformed) return 'not-records';
      if (run.status === full && (body.rows > 0 || run.rows > 0)) {
        if (room <= mostWrittenBytes) return 'body-full';
        if (run.rows > 0) continue;
      }
      // Finished by brackets and quotes, though the module wants more or refuses it: out of the ordinary.
      const end = module.endOfRecord(at);
      if (end === 0) return 'needs-more';
      if (!this.#beginStretch(module.input(at, end), body)) return 'body-full';
      at = end;
    }
  }

  /** True when the record that follows is so long that the byte engine must bound what is held of it. */
  #isBeyondInput(loaded: number, isAllLoaded: boolean): boolean {
    const unfinished = this.#carry.length + this.#piece.length;
    return isAllLoaded ? unfinished > this.#module.capacity / 2 : unfinished >= loaded;
  }

  #append(rows: number, length: number, body: RowBody): void {
    if (rows === 0) return;
    body.bytes.set(this.#module.output(length), body.length);
    body.length += length;
    body.rows += rows;
    this.#rows += rows;
  }

  /** Lets the byte engine have one element, with the comma before it. False when the body is full. */
  #beginStretch(bytes: Uint8Array, body: RowBody): boolean {
    this.#bytes.enterRecords(this.#offset, this.counts.records === 0);
    this.#stretchBytes = bytes.length;
    this.#state = 'stretch';
    // A copy: another stream may use the module before this one goes on.
    return this.#finishStretch(this.#bytes.feed(Uint8Array.from(bytes), body));
  }

  #finishStretch(result: FeedResult): boolean {
    if (result === 'body-full') return false;
    this.#take(this.#stretchBytes);
    this.#state = 'records';
    return true;
  }

  /** The rest of the object is the byte engine's. */
  #handOver(body: RowBody): FeedResult {
    if (this.#state !== 'head') this.#bytes.enterRecords(this.#offset, this.counts.records === 0);
    this.#state = 'byte-engine';
    const rest = this.#carry.length === 0 ? this.#piece : Buffer.concat([this.#carry, this.#piece]);
    return this.#bytes.feed(rest, body);
  }

  #take(count: number): void {
    const ofCarry = Math.min(count, this.#carry.length);
    this.#carry = this.#carry.subarray(ofCarry);
    this.#piece = this.#piece.subarray(count - ofCarry);
    this.#offset += count;
  }

  /** The caller may reuse its piece, so what is not taken is copied. */
  #holdRest(): void {
    this.#carry = Buffer.concat([this.#carry, this.#piece]);
    this.#piece = new Uint8Array(0);
  }
}
