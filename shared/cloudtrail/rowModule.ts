import { rowModuleBase64 } from './rowModuleCode.ts';
import { writeTable } from './wasmTable.ts';

/** Some of the ways in which a run over the input ends; the numbers are those of `wasm/rows.ts`. */
export const endOfRecords = 0;
export const malformed = 2;
export const full = 4;

export interface ModuleRun {
  readonly status: number;
  /** Where the first record without a row begins in the input, the comma before it included. */
  readonly stoppedAt: number;
  readonly rows: number;
  /** Bytes written. */
  readonly written: number;
}

interface ModuleExports {
  readonly configure: (
    levelsAt: number,
    entriesAt: number,
    timePrefixAt: number,
    unmappedPrefixAt: number,
    unmappedAreaAt: number,
    columnBytesCap: number,
    recordBytesCap: number,
  ) => void;
  readonly begin: (headAt: number, length: number) => void;
  readonly process: (at: number, end: number, out: number, limit: number, isFirst: number) => number;
  readonly endOfRecord: (at: number, end: number) => number;
  readonly inputAt: { readonly value: number };
  readonly outputAt: { readonly value: number };
  readonly rowCount: { readonly value: number };
}

const pageBytes = 65_536;
/** The module's own data lies below. */
const tableAt = 4096;
/** Readable bytes behind the input, all zero: vector loads look ahead. */
const paddingBytes = 64;
/** Most bytes of rows that one run writes before it stops, one row more excepted. */
export const mostWrittenBytes = 1_048_576;
/** Fewer bytes are worth copying for a run than a piece may have. */
const pieceBytes = 1_048_576;

let compiled: WebAssembly.Module | undefined;

/** One instance of the row module with the column table in its memory: bytes in, rows out, nothing remembered between runs. */
export class RowModule {
  readonly #exports: ModuleExports;
  readonly #memory: Uint8Array;
  readonly #headAt: number;
  readonly #inputAt: number;
  readonly #outputAt: number;
  /** Bytes that one run can look at: a piece and the unfinished record before it. */
  readonly capacity: number;
  #loaded = 0;

  constructor(limits: { readonly columnBytesCap: number; readonly recordBytesCap: number }) {
    this.capacity = pieceBytes + limits.recordBytesCap;
    const tableBytes = pageBytes;
    this.#inputAt = tableAt + tableBytes;
    const unmappedAt = this.#inputAt + this.capacity + pageBytes;
    this.#outputAt = unmappedAt + this.capacity + pageBytes;
    // Escaping can double a record, and what is unmapped is written twice.
    const bytes = this.#outputAt + mostWrittenBytes + 3 * this.capacity + pageBytes;
    const pages = Math.ceil(bytes / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.#memory = new Uint8Array(memory.buffer);
    compiled ??= new WebAssembly.Module(Buffer.from(rowModuleBase64, 'base64'));
    const instance = new WebAssembly.Instance(compiled, { env: { memory } });
    this.#exports = instance.exports as ModuleExports;
    const table = writeTable(this.#memory, tableAt);
    this.#headAt = table.endsAt;
    if (this.#headAt + pageBytes / 2 > tableAt + tableBytes)
      throw new RangeError('the column table has outgrown its page');
    this.#exports.configure(
      table.levelsAt,
      table.entriesAt,
      table.timePrefixAt,
      table.unmappedPrefixAt,
      unmappedAt,
      limits.columnBytesCap,
      limits.recordBytesCap,
    );
  }

  /** Puts `carry` and as much of `piece` as fits into the input; answers the bytes of both. */
  load(carry: Uint8Array, piece: Uint8Array): number {
    const room = this.capacity - carry.length;
    const part = piece.length > room ? piece.subarray(0, room) : piece;
    this.#memory.set(carry, this.#inputAt);
    this.#memory.set(part, this.#inputAt + carry.length);
    this.#loaded = carry.length + part.length;
    this.#memory.fill(0, this.#inputAt + this.#loaded, this.#inputAt + this.#loaded + paddingBytes);
    return this.#loaded;
  }

  /** Writes the rows of the records in the input from `from` on, each beginning with `head`, into at most `room` bytes. */
  run(from: number, head: Uint8Array, room: number, isFirst: boolean): ModuleRun {
    const { begin, process, inputAt, outputAt, rowCount } = this.#exports;
    this.#memory.set(head, this.#headAt);
    begin(this.#headAt, head.length);
    const at = this.#inputAt;
    const out = this.#outputAt;
    const limit = out + Math.min(room, mostWrittenBytes);
    const status = process(at + from, at + this.#loaded, out, limit, isFirst ? 1 : 0);
    return { status, stoppedAt: inputAt.value - at, rows: rowCount.value, written: outputAt.value - out };
  }

  /** Bytes up to the end of the element at `from`, by brackets and quotes alone; 0 when it is unfinished. */
  endOfRecord(from: number): number {
    const at = this.#inputAt;
    const end = this.#exports.endOfRecord(at + from, at + this.#loaded);
    return end === 0 ? 0 : end - at;
  }

  /** A view of the input, good until the next load. */
  input(from: number, to: number): Uint8Array {
    return this.#memory.subarray(this.#inputAt + from, this.#inputAt + to);
  }

  /** A view of the rows written, good until the next run. */
  output(length: number): Uint8Array {
    return this.#memory.subarray(this.#outputAt, this.#outputAt + length);
  }
}
