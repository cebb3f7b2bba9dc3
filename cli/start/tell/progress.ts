import { fitted } from './terminal.ts';

const everyMs = 500;

/** On a terminal one line is rewritten in place; elsewhere every so many ticks make a line. */
const ticksBetween = 10;

/** Says on standard error how far the run is, from the first moment on. Returns what ends it. */
export function showProgress(line: (seconds: number) => string | undefined, output: NodeJS.WriteStream): () => void {
  const began = performance.now();
  let ticks = 0;
  const show = (): void => {
    const text = line(Math.round((performance.now() - began) / 1000));
    if (text === undefined) return;
    if (output.isTTY) output.write(`${clearLine}${fitted(text, output)}`);
    else if (ticks++ % ticksBetween === ticksBetween - 1) output.write(`${text}\n`);
  };
  if (output.isTTY) show();
  const timer = setInterval(show, everyMs);
  return () => {
    clearInterval(timer);
    if (output.isTTY) output.write(clearLine);
  };
}

/** Back to the line's beginning, and clear it: whatever is written next replaces the progress. */
export const clearLine = '\r\u001b[2K';
