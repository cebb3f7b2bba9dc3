import { columns } from '../../columns.ts';
import { openBrace, openBracket } from '../../json/bytes.ts';
import { copyBytes, copyCompact } from '../../json/text.ts';
import type { ObjectContext } from '../engine.ts';
import { eventIdColumn, eventTimeColumn, sourceObjectColumn, timeColumn, unmappedColumn } from '../levels.ts';
import { cellWriters, hasUnmapped, writeTime, writeUnmapped } from './cells.ts';
import { type Cell, type LongCell, type ShortenedRow, writeShortenedRow } from './shortened.ts';
import type { RecordTape } from './tape.ts';

/** Of a row: names, quotes and what the connector itself writes. */
const rowOverheadBytes = columns.reduce((sum, column) => sum + column.name.length + 8, 1024);

/** What comes before the value of each column. */
const names = columns.map(({ name }, index) => Buffer.from(`${index === timeColumn ? '{' : ','}"${name}":`));

/** What is to be said about a row that its record does not say. */
export interface RowRemarks {
  /** Members for `UnmappedFields`, as JSON without braces. */
  readonly notes: Uint8Array;
  /** Columns whose value was shortened before the row was written. */
  readonly shortened: readonly string[];
}

export const noRemarks: RowRemarks = { notes: new Uint8Array(0), shortened: [] };

/** Every row of this engine begins with its time: where the text of it starts in the row. */
export const timeAt = (names[timeColumn]?.length ?? 0) + 1;

/** Turns a read record into a row, `{"TimeGenerated":…,…},`, of one object's context. */
export class RowWriter {
  readonly #columnBytesCap: number;
  readonly #fallbackTime: Uint8Array;
  readonly #sourceObject: Uint8Array;
  /** Where the text of the event ID of the row last written lies in `out`; both 0 when it has none. */
  idStart = 0;
  idEnd = 0;

  constructor(context: ObjectContext, columnBytesCap: number) {
    this.#columnBytesCap = columnBytesCap;
    this.#fallbackTime = Buffer.from(JSON.stringify(context.fallbackTime));
    this.#sourceObject = Buffer.from(JSON.stringify(context.sourceObject));
  }

  /** No row of a record of this length is longer; columns derived from RequestParameters repeat parts of it. */
  mostBytes(recordBytes: number, remarks: RowRemarks): number {
    return (
      4 * recordBytes +
      remarks.notes.length +
      this.#fallbackTime.length * 2 +
      this.#sourceObject.length +
      rowOverheadBytes
    );
  }

  /** True when every cell fits its column as it is. */
  isRegular(tape: RecordTape, remarks: RowRemarks): boolean {
    return (
      remarks.shortened.length === 0 &&
      tape.longestValue <= this.#columnBytesCap &&
      tape.unmappedBytes + remarks.notes.length + 64 <= this.#columnBytesCap
    );
  }

  /** Writes the row of a regular record; `out` must have room for `mostBytes`. Answers the position after the row's comma. */
  write(tape: RecordTape, remarks: RowRemarks, out: Uint8Array, at: number): number {
    const { bytes, starts, ends } = tape;
    at = this.#name(timeColumn, out, at);
    at = this.#time(tape, out, at);
    this.idStart = 0;
    this.idEnd = 0;
    for (let column = 1; column < cellWriters.length; column++) {
      const start = starts[column] ?? -1;
      if (start < 0) continue;
      const writeCell = cellWriters[column];
      if (writeCell === undefined) continue;
      at = this.#name(column, out, at);
      const from = at;
      at = writeCell(bytes, start, ends[column] ?? 0, out, at);
      if (column !== eventIdColumn) continue;
      this.idStart = from + 1;
      this.idEnd = at - 1;
    }
    at = this.#name(eventTimeColumn, out, at);
    at = this.#time(tape, out, at);
    if (hasUnmapped(tape, remarks.notes)) {
      at = this.#name(unmappedColumn, out, at);
      at = writeUnmapped(tape, remarks.notes, out, at);
    }
    at = this.#name(sourceObjectColumn, out, at);
    at = copyBytes(this.#sourceObject, 0, this.#sourceObject.length, out, at);
    out[at++] = 0x7d;
    out[at++] = 0x2c;
    return at;
  }

  /** The row of a regular record by itself, for when the body may not have room. */
  writeApart(tape: RecordTape, remarks: RowRemarks, mostBytes: number): ShortenedRow {
    const out = new Uint8Array(mostBytes);
    const bytes = out.subarray(0, this.write(tape, remarks, out, 0));
    return { bytes, isShortened: false, idStart: this.idStart, idEnd: this.idEnd };
  }

  /**
   * The row of a record with a cell too long for its column, or too long itself for `roomBytes` (its comma included):
   * cells are shortened until everything fits.
   */
  writeShortened(tape: RecordTape, remarks: RowRemarks, roomBytes: number): ShortenedRow {
    const cells = this.#cells(tape, remarks);
    return writeShortenedRow(cells, remarks.shortened, this.#columnBytesCap, roomBytes);
  }

  #cells(tape: RecordTape, remarks: RowRemarks): (Cell | LongCell)[] {
    const { bytes, starts, ends } = tape;
    const cells: (Cell | LongCell)[] = [];
    const add = (column: number, isJson: boolean, mostBytes: number, write: (out: Uint8Array) => number) => {
      const out = new Uint8Array(mostBytes);
      cells.push({ column, isJson, encoded: out.subarray(0, write(out)) });
    };
    for (let column = 0; column < columns.length; column++) {
      const start = starts[column] ?? -1;
      const end = ends[column] ?? 0;
      const writeCell = cellWriters[column];
      if (column === timeColumn || column === eventTimeColumn) {
        add(column, false, this.#fallbackTime.length + 512, (out) => this.#time(tape, out, 0));
      } else if (column === unmappedColumn && hasUnmapped(tape, remarks.notes)) {
        const mostBytes = tape.unmappedBytes + remarks.notes.length + 64;
        const out = new Uint8Array(mostBytes);
        const json = out.subarray(0, writeUnmapped(tape, remarks.notes, out, 0));
        cells.push({ column, json });
      } else if (column === sourceObjectColumn) {
        cells.push({ column, isJson: false, encoded: this.#sourceObject });
      } else if (writeCell !== undefined && start >= 0) {
        const isJson = bytes[start] === openBrace || bytes[start] === openBracket;
        const json = isJson ? this.#longJson(bytes, start, end) : undefined;
        if (json !== undefined) cells.push({ column, json });
        else add(column, isJson, 2 * (end - start) + 8, (out) => writeCell(bytes, start, end, out, 0));
      }
    }
    return cells;
  }

  /** The compact JSON of a nested value that is too long for a column. */
  #longJson(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
    if (end - start <= this.#columnBytesCap) return undefined;
    const out = new Uint8Array(end - start);
    const length = copyCompact(bytes, start, end, out, 0);
    return length <= this.#columnBytesCap ? undefined : out.subarray(0, length);
  }

  #time(tape: RecordTape, out: Uint8Array, at: number): number {
    const start = tape.starts[timeColumn] ?? -1;
    if (start >= 0) return writeTime(tape.bytes, start, tape.ends[timeColumn] ?? 0, out, at);
    return copyBytes(this.#fallbackTime, 0, this.#fallbackTime.length, out, at);
  }

  #name(column: number, out: Uint8Array, at: number): number {
    const name = names[column] ?? this.#fallbackTime;
    for (let index = 0; index < name.length; index++) out[at++] = name[index] ?? 0;
    return at;
  }
}
