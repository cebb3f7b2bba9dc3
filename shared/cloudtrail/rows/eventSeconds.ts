import type { RowBody } from './body.ts';

const dash = 0x2d;
const quote = 0x22;
const zed = 0x5a;

/**
 * When the event of each row of a body happened, in whole seconds since the epoch: what its `TimeGenerated` says, which
 * is the delivery's time where a record has none of its own. 0 where nobody knows.
 */
export function eventSeconds({ bytes, marks, rows }: RowBody): Uint32Array {
  const seconds = new Uint32Array(rows);
  // Rows beside one another are mostly of one day, and the rest of a time is arithmetic.
  let day = 0;
  let midnight = 0;
  for (let row = 0; row < rows; row++) {
    const at = marks.timeStart(row);
    if (at === 0) continue;
    if (bytes[at + 19] !== zed || bytes[at + 4] !== dash) {
      seconds[row] = parsed(bytes, at);
      continue;
    }
    const year = 100 * twoDigits(bytes, at) + twoDigits(bytes, at + 2);
    const month = twoDigits(bytes, at + 5);
    const date = twoDigits(bytes, at + 8);
    const found = 10_000 * year + 100 * month + date;
    if (found !== day) {
      day = found;
      midnight = Date.UTC(year, month - 1, date) / 1000;
    }
    const minutes = 60 * twoDigits(bytes, at + 11) + twoDigits(bytes, at + 14);
    seconds[row] = midnight + 60 * minutes + twoDigits(bytes, at + 17);
  }
  return seconds;
}

/** The engines write real times alone. */
function twoDigits(bytes: Uint8Array, at: number): number {
  return 10 * (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) - 528;
}

/** With fractions or an offset, such as the time of a delivery. */
function parsed(bytes: Uint8Array, at: number): number {
  const end = bytes.indexOf(quote, at);
  const time = Date.parse(Buffer.from(bytes.subarray(at, end)).toString('latin1'));
  return Number.isNaN(time) ? 0 : Math.max(0, Math.floor(time / 1000));
}
