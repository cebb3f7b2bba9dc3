import type { CheckReport, LinkResult } from '../../shared/compose/check/chain.ts';
import type { LinkStatus } from '../../shared/compose/check/link.ts';
import { shownText } from '../../shared/kit/shortText.ts';

const words: Readonly<Record<LinkStatus, string>> = {
  ok: 'ok',
  warning: 'WARNING',
  failure: 'FAILURE',
  'not-verifiable': 'not verifiable',
  skipped: 'skipped',
};

const width = Math.max(...Object.values(words).map(({ length }) => length));

/** One link: a line, and one more for the remedy. */
export function linkLines({ name, status, detail, cause, remedy }: LinkResult): string {
  const code = cause === undefined ? '' : ` [${cause}]`;
  const line = `  ${words[status].padEnd(width)}  ${shownText(`${name}: ${detail}${code}`)}`;
  return remedy === undefined ? `${line}\n` : `${line}\n  ${' '.repeat(width)}  -> ${shownText(remedy)}\n`;
}

/** The last line. */
export function verdict({ firstBroken, warnings }: CheckReport): string {
  if (firstBroken !== undefined) return `broken: the first broken link is "${shownText(firstBroken)}"`;
  if (warnings === 0) return 'connected';
  return `connected, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
}
