/**
 * An open request body: `[row,row,…`. The engine appends rows and moves `length`; whoever closes the body replaces the
 * last comma by `]`. A row never lies across two bodies.
 */
export interface RowBody {
  readonly bytes: Uint8Array;
  /** Bytes in use: 1 (the opening bracket) when empty. */
  length: number;
  rows: number;
  /** The closed body may not be longer than this many bytes. */
  readonly limit: number;
  /** Where the rows in use lie. */
  readonly marks: RowMarks;
}

const marksPerRow = 4;

/** Where each row of a body ends, and where its event's ID and time lie: so that nobody need read the rows again to find out. */
export class RowMarks {
  #marks = new Int32Array(marksPerRow * 256);

  /**
   * Of one row: the position after its comma; where the text of its event ID starts and ends, both 0 when it has none;
   * where that of its `TimeGenerated` starts.
   */
  set(row: number, end: number, idStart: number, idEnd: number, timeStart: number): void {
    const marks = this.#roomFor(row + 1);
    const at = marksPerRow * row;
    marks[at] = end;
    marks[at + 1] = idStart;
    marks[at + 2] = idEnd;
    marks[at + 3] = timeStart;
  }

  /** The same of so many rows from `row` on: four numbers each, which count from `from` on. */
  setAll(row: number, rows: number, found: Uint32Array, from: number): void {
    const marks = this.#roomFor(row + rows);
    let at = marksPerRow * row;
    for (let index = 0; index < marksPerRow * rows; index += marksPerRow, at += marksPerRow) {
      const idEnd = found[index + 2] ?? 0;
      marks[at] = from + (found[index] ?? 0);
      marks[at + 1] = idEnd === 0 ? 0 : from + (found[index + 1] ?? 0);
      marks[at + 2] = idEnd === 0 ? 0 : from + idEnd;
      marks[at + 3] = from + (found[index + 3] ?? 0);
    }
  }

  #roomFor(rows: number): Int32Array {
    if (marksPerRow * rows > this.#marks.length) {
      const larger = new Int32Array(2 * marksPerRow * rows);
      larger.set(this.#marks);
      this.#marks = larger;
    }
    return this.#marks;
  }

  /** The row's first byte. */
  start(row: number): number {
    return row === 0 ? 1 : this.end(row - 1);
  }

  /** The position after the row's comma. */
  end(row: number): number {
    return this.#marks[marksPerRow * row] ?? 0;
  }

  /** Where the text of the row's event ID starts, its quote left out; 0 when it has none. */
  idStart(row: number): number {
    return this.#marks[marksPerRow * row + 1] ?? 0;
  }

  /** The position after that text. */
  idEnd(row: number): number {
    return this.#marks[marksPerRow * row + 2] ?? 0;
  }

  /** Where the text of the row's `TimeGenerated` starts, its quote left out; 0 when nobody said. */
  timeStart(row: number): number {
    return this.#marks[marksPerRow * row + 3] ?? 0;
  }

  /** The ends of so many rows, as a copy. */
  ends(rows: number): Int32Array {
    const ends = new Int32Array(rows);
    for (let row = 0; row < rows; row++) ends[row] = this.end(row);
    return ends;
  }
}

/** An empty body of at most so many bytes, its closing bracket included. */
export function openBody(limit: number, bytes: Uint8Array = new Uint8Array(limit)): RowBody {
  return emptied({ bytes, length: 1, rows: 0, limit, marks: new RowMarks() });
}

/** The same body without its rows. */
export function emptied(body: RowBody): RowBody {
  body.bytes[0] = 0x5b;
  body.length = 1;
  body.rows = 0;
  return body;
}

/** The request of a body with rows: the comma after the last of them becomes the bracket. */
export function closedBody(body: RowBody): Uint8Array {
  body.bytes[body.length - 1] = 0x5d;
  return body.bytes.subarray(0, body.length);
}

/** One row with its comma, as it lies in the body. */
export function rowAt({ bytes, marks }: RowBody, row: number): Uint8Array {
  return bytes.subarray(marks.start(row), marks.end(row));
}

/** Where the texts of a row's event ID and time lie inside it; 0 for what it has not. */
export interface RowPlaces {
  readonly idStart: number;
  readonly idEnd: number;
  readonly timeStart: number;
}

/** Appends a row, its comma included. False when it does not fit. */
export function appendRow(body: RowBody, row: Uint8Array, { idEnd, idStart, timeStart }: RowPlaces): boolean {
  const from = body.length;
  if (from + row.length > body.limit) return false;
  body.bytes.set(row, from);
  body.length = from + row.length;
  const within = (place: number): number => (place === 0 ? 0 : from + place);
  body.marks.set(body.rows, body.length, idEnd === 0 ? 0 : from + idStart, within(idEnd), within(timeStart));
  body.rows += 1;
  return true;
}
