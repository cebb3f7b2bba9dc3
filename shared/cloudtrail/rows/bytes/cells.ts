import { columns } from '../../columns.ts';
import { closeBrace, colon, comma, openBrace, openBracket, quote } from '../../json/bytes.ts';
import { copyBytes, copyCompact, copyEscaped, stringOf } from '../../json/text.ts';
import { eventTimeColumn, timeColumn } from '../levels.ts';
import { isPlainTime, readTime } from '../time.ts';
import { booleanAt, type RecordTape, unmappedClose, unmappedMember, unmappedOpen } from './tape.ts';

const trueText = Buffer.from('true');
const falseText = Buffer.from('false');
const noEventTime = Buffer.from('"_noEventTime":true');

type WriteCell = (bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number) => number;

/** Per column, how its value is written as a JSON value; undefined for columns that no part of the record feeds directly. */
export const cellWriters: readonly (WriteCell | undefined)[] = columns.map((column, index) => {
  if (index === timeColumn || index === eventTimeColumn) return undefined;
  if (column.kind === 'boolean') return writeBoolean;
  if (column.kind === 'datetime') return writeTime;
  return column.source.length > 0 ? writeText : undefined;
});

/** A string as it is written in the source; of anything else its compact JSON text, in a string. */
export function writeText(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const first = bytes[start] ?? 0;
  if (first === quote) return copyBytes(bytes, start, end, out, at);
  out[at++] = quote;
  at =
    first === openBrace || first === openBracket
      ? copyEscaped(bytes, start, end, out, at)
      : copyBytes(bytes, start, end, out, at);
  out[at++] = quote;
  return at;
}

/** A time as ISO 8601 text. */
export function writeTime(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  if (isPlainTime(bytes, start, end)) return copyBytes(bytes, start, end, out, at);
  const time = Buffer.from(JSON.stringify(readTime(stringOf(bytes, start, end))));
  return copyBytes(time, 0, time.length, out, at);
}

/** True when a row has something for `UnmappedFields`. */
export function hasUnmapped(tape: RecordTape, notes: Uint8Array): boolean {
  return tape.unmappedLength > 0 || notes.length > 0 || (tape.starts[timeColumn] ?? -1) < 0;
}

/** The object of `UnmappedFields`: `notes`, members about the row itself; then members no column took, nested as in the record. */
export function writeUnmapped(tape: RecordTape, notes: Uint8Array, out: Uint8Array, at: number): number {
  const { bytes, unmapped, unmappedLength } = tape;
  out[at++] = openBrace;
  let needsComma = false;
  for (const note of (tape.starts[timeColumn] ?? -1) < 0 ? [noEventTime, notes] : [notes]) {
    if (note.length === 0) continue;
    if (needsComma) out[at++] = comma;
    at = copyBytes(note, 0, note.length, out, at);
    needsComma = true;
  }
  for (let entry = 0; entry < unmappedLength; entry += 3) {
    const what = unmapped[entry] ?? 0;
    if (what === unmappedClose) {
      out[at++] = closeBrace;
      needsComma = true;
    } else if (what === unmappedMember || what === unmappedOpen) {
      if (needsComma) out[at++] = comma;
      at = copyCompact(bytes, unmapped[entry + 1] ?? 0, unmapped[entry + 2] ?? 0, out, at);
      needsComma = what === unmappedMember;
      if (needsComma) continue;
      out[at++] = colon;
      out[at++] = openBrace;
    }
  }
  out[at++] = closeBrace;
  return at;
}

function writeBoolean(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const text = booleanAt(bytes, start, end) === true ? trueText : falseText;
  return copyBytes(text, 0, text.length, out, at);
}
