import type { Fed } from './feed.ts';
import { bytes, count } from './format.ts';
import type { RunTotals } from './runTotals.ts';

const everyMs = 500;

/**
 * Says on standard error how far the run is: one line rewritten in place on a terminal, one line every few seconds
 * elsewhere. Returns what ends it.
 */
export function showProgress(
  fed: Fed,
  totals: RunTotals,
  tableRows: () => number,
  output: NodeJS.WriteStream,
): () => void {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (!output.isTTY && ticks % 10 !== 0) return;
    const announced = `${count(fed.messages)} announced${fed.done ? '' : ' so far'}`;
    const line = `  ${count(totals.messagesSettled)} of ${announced} messages, ${count(tableRows())} rows, ${bytes(fed.bytes)} put`;
    output.write(output.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  }, everyMs);
  return () => {
    clearInterval(timer);
    if (output.isTTY) output.write('\r\x1b[2K');
  };
}
