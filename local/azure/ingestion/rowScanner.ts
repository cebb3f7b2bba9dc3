import { isUtf8 } from 'node:buffer';
import {
  closeArray,
  closeObject,
  colon,
  comma,
  openArray,
  openObject,
  quote,
  skipSpace,
  skipString,
  skipValue,
} from './jsonBytes.ts';
import { fieldLimitBytes, isAcceptedTime } from './rowConversion.ts';
import type { ColumnIndex, StreamColumnType } from './streamColumns.ts';

/** What has to happen to a row: nothing, only its time replaced, or a full conversion. */
export type RowFate = 'as-sent' | 'replace-time' | 'convert';

/** One row found in a body; times are byte positions of the value of TimeGenerated, quotes included. */
export interface ScannedRow {
  start: number;
  end: number;
  fate: RowFate;
  timeStart: number;
  timeEnd: number;
  /** Byte positions of EventName's text, without quotes; -1 when absent or not text. */
  nameStart: number;
  nameEnd: number;
}

export type ScanResult =
  | { readonly kind: 'rows'; readonly rows: number }
  /** Well-formed JSON that is no array: the service answers 204 and writes nothing. */
  | { readonly kind: 'not-an-array' }
  | { readonly kind: 'malformed'; readonly reason: string };

/**
 * Walks a request body and tells each row's fate. Rows that need nothing, the usual case, are recognised without
 * building a value. The row handed to `visit` is reused; everything is told before the end is known to be well formed.
 */
export function scanRows(
  body: Buffer,
  columns: ColumnIndex,
  receivedAt: number,
  visit: (row: ScannedRow) => void,
  mustConvertAll = false,
): ScanResult {
  if (!isUtf8(body)) return { kind: 'malformed', reason: 'the body is not UTF-8' };
  let at = skipSpace(body, 0);
  if (body[at] !== openArray) return isWhole(body, at) ? { kind: 'not-an-array' } : malformed(0, 'is not JSON');
  const scanner = createRowScan(body, columns, receivedAt, mustConvertAll);
  let rows = 0;
  at = skipSpace(body, at + 1);
  if (body[at] === closeArray) return endOf(body, at, rows);
  for (;;) {
    if (body[at] !== openObject) return malformed(rows, 'is not a JSON object');
    at = scanner.scan(at);
    if (at < 0) return malformed(rows, 'is not well-formed JSON');
    rows++;
    visit(scanner.row);
    at = skipSpace(body, at);
    if (body[at] === closeArray) return endOf(body, at, rows);
    if (body[at] !== comma) return malformed(rows, 'is not separated by a comma');
    at = skipSpace(body, at + 1);
  }
}

function isWhole(body: Buffer, at: number): boolean {
  const end = skipValue(body, at);
  return end >= 0 && skipSpace(body, end) === body.length;
}

function endOf(body: Buffer, at: number, rows: number): ScanResult {
  if (skipSpace(body, at + 1) !== body.length)
    return { kind: 'malformed', reason: 'the array is followed by something' };
  return { kind: 'rows', rows };
}

function malformed(index: number, reason: string): ScanResult {
  return { kind: 'malformed', reason: `element ${index} ${reason}` };
}

/** Scans one row after another with the arrays made once. */
function createRowScan(body: Buffer, columns: ColumnIndex, receivedAt: number, mustConvertAll: boolean) {
  const types = columns.columns.map((column) => column.type);
  const timeColumn = columns.columns.findIndex((column) => column.name === 'TimeGenerated');
  const nameColumn = columns.columns.findIndex((column) => column.name === 'EventName');
  const seenInRow = new Int32Array(types.length);
  // A raw line break is space between tokens; kept rows are lines, so such bodies are rewritten whole.
  const isRewritten = mustConvertAll || body.includes(10) || body.includes(13);
  const row: ScannedRow = { start: 0, end: 0, fate: 'as-sent', timeStart: -1, timeEnd: -1, nameStart: -1, nameEnd: -1 };
  let number = 0;

  /** From the row's brace to the byte behind it. */
  const scan = (start: number): number => {
    number++;
    row.start = start;
    row.timeStart = row.timeEnd = row.nameStart = row.nameEnd = -1;
    let mustConvert = isRewritten;
    let at = skipSpace(body, start + 1);
    if (body[at] !== closeObject) {
      for (;;) {
        if (body[at] !== quote) return -1;
        const keyStart = at + 1;
        at = skipString(body, keyStart);
        if (at < 0) return -1;
        const column = columns.find(body, keyStart, at - 1);
        at = skipSpace(body, at);
        if (body[at] !== colon) return -1;
        const valueStart = skipSpace(body, at + 1);
        at = skipValue(body, valueStart);
        if (at < 0) return -1;
        if (
          column < 0 ||
          seenInRow[column] === number ||
          !fits(body, valueStart, at, types[column] as StreamColumnType)
        ) {
          mustConvert = true;
        }
        if (column >= 0) {
          seenInRow[column] = number;
          if (column === timeColumn) {
            row.timeStart = valueStart;
            row.timeEnd = at;
          } else if (column === nameColumn && body[valueStart] === quote) {
            row.nameStart = valueStart + 1;
            row.nameEnd = at - 1;
          }
        }
        at = skipSpace(body, at);
        if (body[at] === closeObject) break;
        if (body[at] !== comma) return -1;
        at = skipSpace(body, at + 1);
      }
    }
    row.end = at + 1;
    row.fate = fateOf(mustConvert);
    return row.end;
  };

  const fateOf = (mustConvert: boolean): RowFate => {
    if (mustConvert || row.timeStart < 0) return 'convert';
    return isAcceptedTime(isoTime(body, row.timeStart, row.timeEnd), receivedAt) ? 'as-sent' : 'replace-time';
  };

  return { row, scan };
}

/** Whether the value may stay as it was sent. Doubtful ones are left to the conversion. */
function fits(body: Buffer, start: number, end: number, type: StreamColumnType): boolean {
  const first = body[start];
  switch (type) {
    case 'string':
      // Escapes only make the raw text longer than the value.
      return first === quote && end - start - 2 <= fieldLimitBytes;
    case 'dynamic':
      return first !== 110;
    case 'boolean':
      return first === 116 || first === 102;
    case 'datetime':
      return first === quote && !Number.isNaN(isoTime(body, start, end));
    case 'real':
      return (
        first !== quote &&
        first !== 110 &&
        first !== 116 &&
        first !== 102 &&
        first !== openObject &&
        first !== openArray
      );
    default:
      return isInteger(body, start, end);
  }
}

function isInteger(body: Buffer, start: number, end: number): boolean {
  for (let at = body[start] === 45 ? start + 1 : start; at < end; at++) {
    const byte = body[at] as number;
    if (byte < 48 || byte > 57) return false;
  }
  return true;
}

/** The time of `"2026-11-01T00:05:00Z"` (with up to 7 decimals, which are not counted); NaN for every other form. */
function isoTime(body: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length < 22 || length > 30 || body[end - 2] !== 90) return Number.NaN;
  if (length > 22 && (body[start + 20] !== 46 || length === 23)) return Number.NaN;
  for (let at = start + 21; at < end - 2; at++) if (((body[at] as number) ^ 48) > 9) return Number.NaN;
  if (body[start + 5] !== 45 || body[start + 8] !== 45 || body[start + 11] !== 84) return Number.NaN;
  if (body[start + 14] !== 58 || body[start + 17] !== 58) return Number.NaN;
  const month = two(body, start + 6);
  const day = two(body, start + 9);
  const hour = two(body, start + 12);
  const minute = two(body, start + 15);
  const second = two(body, start + 18);
  const inRange = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59;
  const year = two(body, start + 1) * 100 + two(body, start + 3);
  return inRange ? Date.UTC(year, month - 1, day, hour, minute, second) : Number.NaN;
}

function two(body: Buffer, at: number): number {
  const tens = (body[at] as number) - 48;
  const ones = (body[at + 1] as number) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? Number.NaN : tens * 10 + ones;
}
