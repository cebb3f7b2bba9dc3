import { columns } from '../../columns.ts';
import { truncateJson, truncateJsonBytes, truncateText } from '../../json/truncation.ts';
import { eventIdColumn, timeColumn, truncatedColumn, unmappedColumn } from '../levels.ts';

/** A column's value as it would stand in the row. */
export interface Cell {
  readonly column: number;
  /** True for nested values, which stay valid JSON when shortened. */
  readonly isJson: boolean;
  /** The JSON value. */
  readonly encoded: Uint8Array;
}

/** A nested value that is longer than its column may be: written into the row only once it is shortened. */
export interface LongCell {
  readonly column: number;
  /** Compact JSON. */
  readonly json: Uint8Array;
}

/** A whole row, comma included. */
export interface ShortenedRow {
  readonly bytes: Uint8Array;
  /** False when it turned out that everything fits as it is. */
  readonly isShortened: boolean;
  /** Where the text of its event ID lies; both 0 when it has none. */
  readonly idStart: number;
  readonly idEnd: number;
}

/** A cell is not shortened below this: it is left out instead, and named. */
const leastCellBytes = 64;

/** How often cells are shortened for a row that is too long: what escapes add shows only afterwards. */
const mostRounds = 8;

/**
 * The row of these cells: first every cell is brought below the column's limit, then the longest cells further down, to a
 * length that all of them have in common, until the row fits. Names of shortened columns are added as a cell of their own.
 * @throws RangeError when not even an empty row fits.
 */
export function writeShortenedRow(
  cells: readonly (Cell | LongCell)[],
  alreadyShortened: readonly string[],
  columnBytesCap: number,
  roomBytes: number,
): ShortenedRow {
  const shortened = new Set(alreadyShortened);
  const fitting = cells.map((cell) =>
    'json' in cell ? shortenedLong(cell, columnBytesCap, shortened) : shortenedTo(cell, columnBytesCap, shortened),
  );
  let row = encodeRow(fitting, shortened);
  for (let round = 0; row.bytes.length > roomBytes && round < mostRounds; round++) {
    const longest = commonLength(fitting, row.bytes.length - roomBytes);
    for (const [at, cell] of fitting.entries()) {
      if (cell.encoded.length <= longest || cell.column === timeColumn) continue;
      const text = Buffer.byteLength(textOf(cell));
      const bytes = Math.floor((text * longest) / cell.encoded.length) - round;
      fitting[at] = shortenedTo(cell, Math.max(bytes, leastCellBytes), shortened);
    }
    row = encodeRow(fitting, shortened);
  }
  while (row.bytes.length > roomBytes) {
    const longest = longestOf(fitting);
    if (longest === undefined)
      throw new RangeError(`a row needs ${row.bytes.length} bytes; the request has room for ${roomBytes}`);
    shortened.add(nameOf(longest));
    fitting.splice(fitting.indexOf(longest), 1);
    row = encodeRow(fitting, shortened);
  }
  return row;
}

/** The length to which the longest cells have to come down for a row to lose so many bytes. */
function commonLength(cells: readonly Cell[], excess: number): number {
  const lengths = cells.map(({ encoded }) => encoded.length).sort((one, other) => other - one);
  let sum = 0;
  for (const [index, length] of lengths.entries()) {
    sum += length;
    const common = Math.floor((sum - excess) / (index + 1));
    if (common >= (lengths[index + 1] ?? 0)) return common;
  }
  return leastCellBytes;
}

function longestOf(cells: readonly Cell[]): Cell | undefined {
  const candidates = cells.filter((cell) => cell.column !== timeColumn);
  return candidates.reduce<Cell | undefined>(
    (longest, cell) => (longest === undefined || cell.encoded.length > longest.encoded.length ? cell : longest),
    undefined,
  );
}

function shortenedTo(cell: Cell, maxBytes: number, shortened: Set<string>): Cell {
  if (cell.encoded.length <= maxBytes) return cell;
  const shorter = shortenCell(cell, maxBytes);
  if (shorter !== cell) shortened.add(nameOf(cell));
  return shorter;
}

function shortenedLong({ column, json }: LongCell, maxBytes: number, shortened: Set<string>): Cell {
  const text = truncateJsonBytes(json, maxBytes);
  const cell = { column, isJson: true, encoded: text };
  if (text !== json) shortened.add(nameOf(cell));
  return isDynamic(cell) ? cell : { ...cell, encoded: Buffer.from(JSON.stringify(decoded(text))) };
}

/** The same cell when its text, as the service counts it, is short enough already. */
function shortenCell(cell: Cell, maxBytes: number): Cell {
  const text = textOf(cell);
  const shorter = cell.isJson ? truncateJson(text, maxBytes) : truncateText(text, maxBytes);
  if (shorter === text) return cell;
  return { ...cell, encoded: Buffer.from(isDynamic(cell) ? shorter : JSON.stringify(shorter)) };
}

/** The value as the service sees it. */
function textOf(cell: Cell): string {
  const encoded = decoded(cell.encoded);
  return isDynamic(cell) ? encoded : String(JSON.parse(encoded));
}

function decoded(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** A dynamic column's JSON stands in the row as it is, not in a string. */
function isDynamic(cell: Cell): boolean {
  return cell.column === unmappedColumn;
}

function encodeRow(cells: readonly Cell[], shortened: ReadonlySet<string>): ShortenedRow {
  const names = columns.flatMap(({ name }) => (shortened.has(name) ? [name] : []));
  const all = [...cells];
  if (names.length > 0) {
    all.push({ column: truncatedColumn, isJson: false, encoded: Buffer.from(JSON.stringify(names.join(','))) });
  }
  all.sort((a, b) => a.column - b.column);
  const parts: Uint8Array[] = [];
  let length = 0;
  let idStart = 0;
  let idEnd = 0;
  for (const cell of all) {
    const name = Buffer.from(`${length === 0 ? '{' : ','}"${nameOf(cell)}":`);
    parts.push(name, cell.encoded);
    length += name.length + cell.encoded.length;
    if (cell.column !== eventIdColumn) continue;
    idEnd = length - 1;
    idStart = length - cell.encoded.length + 1;
  }
  const bytes = Buffer.concat([...parts, Buffer.from('},')]);
  return { bytes, isShortened: shortened.size > 0, idStart, idEnd };
}

function nameOf(cell: Cell): string {
  return columns[cell.column]?.name ?? '';
}
