import { isUtf8 } from 'node:buffer';
import { openBracket } from '../../json/bytes.ts';
import { openBody, type RowBody } from '../body.ts';
import { ByteRowStream } from '../bytes/byteRowStream.ts';
import { Dropped } from '../dropped.ts';
import type {
  EngineCounts,
  EngineOptions,
  FeedResult,
  JudgeRecord,
  ObjectContext,
  OpenRowStream,
  RowStream,
  StubNote,
} from '../engine.ts';
import { type RecordLimits, recordLimits } from '../limits.ts';
import { full, type ModuleRun, mostWrittenBytes, noRecord, RowModule } from './module.ts';

export interface WasmRowStreamOptions extends EngineOptions {
  /** Bytes the module is given at once: few enough to stay in the processor's cache with the rows made of them. */
  readonly blockBytes?: number;
}

/** Measured: below, calls weigh; above, the cache is missed. */
const usualBlockBytes = 256 * 1024;

/** Pieces far smaller than the records in them make the module read the same bytes again and again; beyond this the byte engine goes on. */
const rereadBytesCap = 16 * 1024 * 1024;

/**
 * Of a longer record the module would read the beginning again with every piece; CloudTrail writes none:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
 */
const heldBytesCap = 256 * 1024;

/** Of a file whose records the module mostly refuses, the byte engine reads the rest: asking it first costs more than half. */
const refusedCap = 100;

/** Brackets outside of records behind which records were looked for; a file with more is the byte engine's from there on. */
const looksCap = 100;

/**
 * The row engine of the hot path: a WebAssembly module writes the rows of ordinary records, and whatever is not ordinary
 * (the framing around the records, odd records, damage) goes to the byte engine, which so decides every doubtful case.
 */
export function openWasmRowStream(options: WasmRowStreamOptions = {}): OpenRowStream {
  const { blockBytes = usualBlockBytes, judge, anchors, ...bounds } = options;
  const limits = recordLimits(bounds);
  // Feeding is synchronous and leaves nothing behind in the module's memory, so all streams share one.
  const capacity = blockBytes + Math.min(heldBytesCap, limits.recordBytesCap);
  const module = new RowModule(limits, capacity, judge, anchors);
  return (context) => new WasmRowStream(context, limits, module, blockBytes, judge);
}

/** How CloudTrail's log files begin. Scanning it costs as much as a record does, which many files hold one of. */
const usualBeginning = Buffer.from('{"Records":[');

function beginsAsUsual(bytes: Uint8Array): boolean {
  return bytes.length >= usualBeginning.length && usualBeginning.every((byte, at) => bytes[at] === byte);
}

class WasmRowStream implements RowStream {
  readonly #limits: RecordLimits;
  readonly #module: RowModule;
  readonly #blockBytes: number;
  readonly #isJudging: boolean;
  readonly #bytes: ByteRowStream;
  readonly #rowHead: Uint8Array;
  /** Whose turn it is: the module's inside an array of records, else the byte engine's. */
  #turn: 'bytes' | 'module' = 'bytes';
  /** The end of earlier pieces: an unfinished record. */
  #carry: Uint8Array = new Uint8Array(0);
  /** What is not taken yet of the present piece. */
  #piece: Uint8Array = new Uint8Array(0);
  /** Offset in the decompressed object of the first byte not taken. */
  #offset = 0;
  /** Bytes the byte engine was given and has not finished. */
  #given = 0;
  #isFirst = true;
  #isEnded = false;
  #rows = 0;
  #rowBytes = 0;
  readonly #dropped = new Dropped();
  #rereadBytes = 0;
  #looks = 0;
  #refused = 0;

  constructor(
    context: ObjectContext,
    limits: RecordLimits,
    module: RowModule,
    blockBytes: number,
    judge: JudgeRecord | undefined,
  ) {
    this.#limits = limits;
    this.#module = module;
    this.#blockBytes = blockBytes;
    this.#bytes = new ByteRowStream(context, limits, judge);
    this.#isJudging = judge !== undefined;
    this.#rowHead = Buffer.from(`{"SourceObject":${JSON.stringify(context.sourceObject)}`);
  }

  get stubs(): readonly StubNote[] {
    return this.#bytes.stubs;
  }

  get counts(): EngineCounts {
    return this.#bytes.countsWith(this.#rows, this.#rowBytes, this.#dropped);
  }

  feed(piece: Uint8Array, body: RowBody): FeedResult {
    this.#piece = piece;
    return this.#go(body);
  }

  resume(body: RowBody): FeedResult {
    if (this.#isEnded) return this.#bytes.resume(body);
    return this.#given > 0 && this.#taken(this.#bytes.resume(body)) === 'body-full' ? 'body-full' : this.#go(body);
  }

  end(body: RowBody): FeedResult {
    if (this.#turn === 'module') {
      // Unfinished: the byte engine says what is missing. A record that it could finish would not be held here.
      this.#leaveRecords();
      if (this.#bytes.feed(this.#carry, openBody(1)) !== 'fed') throw new RangeError('a record was held back');
    }
    this.#isEnded = true;
    return this.#bytes.end(body);
  }

  #go(body: RowBody): FeedResult {
    for (;;) {
      if (this.#carry.length + this.#piece.length === 0) return 'fed';
      const result = this.#turn === 'module' ? this.#readRecords(body) : this.#readOutside(body);
      if (result !== 'go-on') return result;
    }
  }

  /** The byte engine reads on: up to the next bracket, behind which records may begin; all of it when it is among records. */
  #readOutside(body: RowBody): 'go-on' | 'body-full' {
    const next = this.#carry.length > 0 ? this.#carry : this.#piece;
    if (this.#offset === 0 && beginsAsUsual(next)) {
      this.#bytes.enterRecords(usualBeginning.length, true, 0);
      this.#take(usualBeginning.length);
      this.#turn = 'module';
      return 'go-on';
    }
    const isLooking = this.#bytes.place === 'outside' && this.#looks < looksCap;
    const bracket = isLooking ? next.indexOf(openBracket) : -1;
    if (bracket < 0) return this.#give(next, body);
    this.#looks++;
    return this.#give(next.subarray(0, bracket + 1), body);
  }

  #give(bytes: Uint8Array, body: RowBody): 'go-on' | 'body-full' {
    this.#given = bytes.length;
    return this.#taken(this.#bytes.feed(bytes, body));
  }

  #taken(result: FeedResult): 'go-on' | 'body-full' {
    if (result === 'body-full') return result;
    this.#take(this.#given);
    this.#given = 0;
    if (this.#turn === 'bytes' && this.#bytes.place === 'before-records') {
      this.#turn = 'module';
      this.#isFirst = true;
    }
    return 'go-on';
  }

  #readRecords(body: RowBody): FeedResult | 'go-on' {
    for (let window = this.#blockBytes; ; ) {
      const held = this.#carry.length + this.#piece.length;
      const loaded = this.#module.load(this.#carry, this.#piece, window);
      this.#rereadBytes += Math.min(this.#carry.length, loaded);
      const result = this.#runOver(body);
      if (result !== 'needs-more') return result;
      const unfinished = this.#carry.length + this.#piece.length;
      if (loaded === held) return this.#hold();
      if (unfinished < held) window = this.#blockBytes;
      else if (window < this.#module.capacity) window = Math.min(2 * window, this.#module.capacity);
      else return this.#leaveRecords();
    }
  }

  /** Makes rows of what is loaded, until more is needed, the body is full, or it is no record that follows. */
  #runOver(body: RowBody): 'needs-more' | 'body-full' | 'go-on' {
    const module = this.#module;
    for (let at = 0; ; ) {
      const room = body.limit - body.length;
      const run = module.run(at, this.#rowHead, room, this.#isFirst);
      // Invalid UTF-8 is rare: where it occurs the byte engine finds and counts it.
      if (run.sawNonAscii && !isUtf8(module.input(at, run.stoppedAt))) return this.#leaveRecords();
      this.#append(run, body);
      this.#take(run.stoppedAt - at);
      at = run.stoppedAt;
      if (run.status === noRecord) return this.#leaveRecords();
      if (run.status === full && body.rows > 0) {
        if (room <= mostWrittenBytes) return 'body-full';
        if (run.rows + run.droppedBy.length > 0) continue;
      }
      // Either unfinished, or for the byte engine: refused, or longer than a body.
      const end = module.endOfElement(at);
      if (end === 0) return 'needs-more';
      if (++this.#refused > refusedCap + this.#rows) return this.#leaveRecords();
      this.#bytes.enterRecords(this.#offset, this.#isFirst, this.#rows + this.#dropped.count);
      this.#isFirst = false;
      if (this.#isJudging) this.#bytes.isJudging = module.isToBeJudged(at, end);
      if (this.#give(this.#next(end - at), body) === 'body-full') return 'body-full';
      at = end;
    }
  }

  #append(run: ModuleRun, body: RowBody): void {
    if (run.rows + run.droppedBy.length === 0) return;
    if (run.rows > 0) this.#module.appendTo(body, run);
    this.#rows += run.rows;
    this.#rowBytes += run.written;
    for (const selector of run.droppedBy) this.#dropped.add(selector);
    this.#isFirst = false;
  }

  /** What follows is the byte engine's, until other records begin. */
  #leaveRecords(): 'go-on' {
    this.#bytes.isJudging = true;
    this.#bytes.enterRecords(this.#offset, this.#isFirst, this.#rows + this.#dropped.count);
    this.#turn = 'bytes';
    return 'go-on';
  }

  /** The bytes that are next, in one. */
  #next(count: number): Uint8Array {
    const { length } = this.#carry;
    if (length === 0) return this.#piece.subarray(0, count);
    return Buffer.concat([this.#carry.subarray(0, count), this.#piece.subarray(0, Math.max(0, count - length))]);
  }

  #take(count: number): void {
    const ofCarry = Math.min(count, this.#carry.length);
    this.#carry = this.#carry.subarray(ofCarry);
    this.#piece = this.#piece.subarray(count - ofCarry);
    this.#offset += count;
  }

  /** Keeps the unfinished record: as a copy, since the caller may reuse its piece. */
  #hold(): 'fed' | 'go-on' {
    const unfinished = this.#carry.length + this.#piece.length;
    if (
      unfinished > Math.min(heldBytesCap, this.#limits.recordBytesCap) ||
      this.#rereadBytes > rereadBytesCap + 16 * this.#offset
    ) {
      return this.#leaveRecords();
    }
    this.#carry = Buffer.concat([this.#carry, this.#piece]);
    this.#piece = new Uint8Array(0);
    return 'fed';
  }
}
