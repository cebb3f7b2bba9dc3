import type { RowBody } from '../body.ts';
import type { Anchors, JudgeRecord } from '../engine.ts';
import type { RecordLimits } from '../limits.ts';
import { anchorBytes } from './anchors.ts';
import { writeDerivedCells } from './derived.ts';
import { rowModuleBase64 } from './moduleCode.ts';
import { writeTable } from './table.ts';

/** How a run ends, besides at an unfinished or refused record; the numbers are those of `assembly/rows.ts`. */
export const noRecord = 0;
export const full = 2;

export interface ModuleRun {
  readonly status: number;
  /** Where the first record without a row begins in the input, the comma before it included. */
  readonly stoppedAt: number;
  readonly rows: number;
  /** Of each record read that has no row: the number of the selector that dropped it. Good until the next run. */
  readonly droppedBy: readonly number[];
  /** Bytes written. */
  readonly written: number;
  /** Something in what was read is not ASCII, and perhaps no UTF-8. */
  readonly sawNonAscii: boolean;
}

interface ModuleExports {
  readonly configure: (
    recordLevelAt: number,
    entriesAt: number,
    timePrefixAt: number,
    unmappedPrefixAt: number,
    watchedAt: number,
    unmappedAreaAt: number,
    marksAt: number,
    columnBytesCap: number,
    recordBytesCap: number,
    nestingCap: number,
    asksToKeep: number,
    anchorsAt: number,
    anchorCount: number,
  ) => void;
  readonly begin: (headAt: number, length: number) => void;
  readonly process: (at: number, end: number, out: number, limit: number, isFirst: number) => number;
  readonly isToBeJudged: (at: number, end: number) => number;
  readonly endOfElement: (at: number, end: number) => number;
  readonly inputAt: { readonly value: number };
  readonly outputAt: { readonly value: number };
  readonly rowCount: { readonly value: number };
  readonly sawNonAscii: { readonly value: number };
}

const pageBytes = 65_536;
/** The module's own data lies below. */
const tableAt = 4096;
/** Readable bytes behind the input, all zero: vector loads look ahead, and JSON allows a zero nowhere. */
const paddingBytes = 64;
/** Most bytes of rows that one run writes before it stops, one row more excepted. */
export const mostWrittenBytes = 1_048_576;
/** Of each row the module notes four numbers; the names of its times alone are longer than this. */
const leastRowBytes = 64;
const markBytes = 16;
const marksBytes = (mostWrittenBytes / leastRowBytes) * markBytes;

let compiled: WebAssembly.Module | undefined;

/** One instance of the row module with the column table in its memory: bytes in, rows out. No run depends on an earlier one. */
export class RowModule {
  readonly #exports: ModuleExports;
  readonly #memory: Uint8Array;
  readonly #headAt: number;
  readonly #inputAt: number;
  readonly #outputAt: number;
  readonly #marks: Uint32Array;
  /** Bytes that one run can look at. */
  readonly capacity: number;
  #loaded = 0;
  readonly #droppedBy: number[] = [];

  constructor(limits: RecordLimits, capacity: number, judge?: JudgeRecord, anchors: Anchors = []) {
    this.capacity = capacity;
    this.#inputAt = tableAt + pageBytes;
    const unmappedAt = this.#inputAt + capacity + pageBytes;
    const marksAt = unmappedAt + capacity + pageBytes;
    const anchored = anchorBytes(anchors);
    const anchorsAt = marksAt + marksBytes + pageBytes;
    this.#outputAt = anchorsAt + anchored.length + pageBytes;
    // Escaping can double a record, what is unmapped is written twice, and derived columns repeat a part.
    const bytes = this.#outputAt + mostWrittenBytes + 4 * capacity + pageBytes;
    const pages = Math.ceil(bytes / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const view = new Uint8Array(memory.buffer);
    this.#memory = view;
    view.set(anchored, anchorsAt);
    this.#marks = new Uint32Array(memory.buffer, marksAt, marksBytes / 4);
    compiled ??= new WebAssembly.Module(Buffer.from(rowModuleBase64, 'base64'));
    const derive = (start: number, _end: number, out: number) => writeDerivedCells(view, start, out);
    const isKept = (start: number, end: number) => {
      const selector = judge?.(view.subarray(start, end)) ?? 0;
      if (selector > 0) this.#droppedBy.push(selector);
      return selector > 0 ? 0 : 1;
    };
    const env = { memory, derive, keep: isKept };
    this.#exports = new WebAssembly.Instance(compiled, { env }).exports as ModuleExports;
    const table = writeTable(view, tableAt);
    this.#headAt = table.endsAt;
    if (this.#headAt + pageBytes / 2 > this.#inputAt) throw new RangeError('the column table has outgrown its page');
    this.#exports.configure(
      table.recordLevelAt,
      table.entriesAt,
      table.timePrefixAt,
      table.unmappedPrefixAt,
      table.watchedAt,
      unmappedAt,
      marksAt,
      limits.columnBytesCap,
      limits.recordBytesCap,
      limits.depthCap - table.depth,
      judge === undefined ? 0 : 1,
      anchorsAt,
      anchors.length,
    );
  }

  /** Puts the beginning of `carry` followed by `piece` into the input, at most so many bytes; answers how many. */
  load(carry: Uint8Array, piece: Uint8Array, most: number): number {
    const memory = this.#memory;
    const ofCarry = Math.min(carry.length, most);
    const ofPiece = Math.min(piece.length, most - ofCarry);
    if (ofCarry > 0) memory.set(carry.subarray(0, ofCarry), this.#inputAt);
    memory.set(piece.subarray(0, ofPiece), this.#inputAt + ofCarry);
    this.#loaded = ofCarry + ofPiece;
    memory.fill(0, this.#inputAt + this.#loaded, this.#inputAt + this.#loaded + paddingBytes);
    return this.#loaded;
  }

  /** Writes the rows of the records in the input from `from` on, each beginning with `head`, into at most `room` bytes. */
  run(from: number, head: Uint8Array, room: number, isFirst: boolean): ModuleRun {
    const { begin, process, inputAt, outputAt, rowCount, sawNonAscii } = this.#exports;
    if (this.#droppedBy.length > 0) this.#droppedBy.length = 0;
    this.#memory.set(head, this.#headAt);
    begin(this.#headAt, head.length);
    const at = this.#inputAt;
    const out = this.#outputAt;
    const limit = out + Math.min(room, mostWrittenBytes);
    const status = process(at + from, at + this.#loaded, out, limit, isFirst ? 1 : 0);
    return {
      status,
      stoppedAt: inputAt.value - at,
      rows: rowCount.value,
      droppedBy: this.#droppedBy,
      written: outputAt.value - out,
      sawNonAscii: sawNonAscii.value !== 0,
    };
  }

  /** Bytes up to the end of the element at `from`, by brackets and quotes alone; 0 when it is unfinished. */
  endOfElement(from: number): number {
    const at = this.#inputAt;
    const end = this.#exports.endOfElement(at + from, at + this.#loaded);
    return end === 0 ? 0 : end - at;
  }

  /** False for a record of the input that is kept without being asked about. */
  isToBeJudged(from: number, to: number): boolean {
    return this.#exports.isToBeJudged(this.#inputAt + from, this.#inputAt + to) !== 0;
  }

  /** A view of the input, good until the next load. */
  input(from: number, to: number): Uint8Array {
    return this.#memory.subarray(this.#inputAt + from, this.#inputAt + to);
  }

  /** Appends the rows of the last run to a body that has room for them. */
  appendTo(body: RowBody, { rows, written }: ModuleRun): void {
    const from = body.length;
    body.bytes.set(this.output(written), from);
    body.marks.setAll(body.rows, rows, this.#marks, from);
    body.length = from + written;
    body.rows += rows;
  }

  /** A view of the rows written, good until the next run. */
  output(length: number): Uint8Array {
    return this.#memory.subarray(this.#outputAt, this.#outputAt + length);
  }
}
