import type { Fed } from '../feed/feed.ts';
import type { Outstanding } from '../run/outstanding.ts';
import { bytes, count } from './format.ts';

const everyMs = 500;

/** One line rewritten in place on a terminal; elsewhere a line every few seconds. */
const linesBetween = { terminal: 1, elsewhere: 10 };

/** Says on standard error how far the run is. Returns what ends it. */
export function showProgress(
  fed: Fed,
  outstanding: Outstanding,
  tableRows: () => number,
  output: NodeJS.WriteStream,
): () => void {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (ticks % (output.isTTY ? linesBetween.terminal : linesBetween.elsewhere) !== 0) return;
    const announced = `${count(fed.messages)} announced messages${fed.done ? '' : ' so far'}`;
    const deleted = fed.messages - outstanding.messages;
    const line = `  ${count(deleted)} of ${announced} done, ${count(tableRows())} rows, ${bytes(fed.bytes)} put`;
    output.write(output.isTTY ? `${clearLine}${line}` : `${line}\n`);
  }, everyMs);
  return () => {
    clearInterval(timer);
    if (output.isTTY) output.write(clearLine);
  };
}

/** Back to the line's beginning, and clear it: whatever is written next replaces the progress. */
export const clearLine = '\r\u001b[2K';
