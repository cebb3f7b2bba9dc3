import type { FailedEntry } from '../../shared/azure/failedEntries/entity.ts';
import { shownLines, shownText } from '../../shared/kit/shortText.ts';
import type { ReplayOutcome } from '../../shared/pipeline/replay/outcome.ts';
import type { FailureReport } from '../../shared/words/events.ts';
import { shownAge } from './age.ts';

/** One entry of the list: what it is called, and what is wrong. */
export function renderEntry(entry: FailedEntry, now: number): string {
  const { id, reason, lastAt, attempts } = entry;
  const where = whereOf(entry);
  const what = entry.message.includes(where) ? entry.message : `${where}: ${entry.message}`;
  const head = `${id}  ${reason}  ${shownAge(now - lastAt)} ago, ${plural(attempts, 'attempt')}`;
  return `${shownText(head)}\n    ${shownText(what)}`;
}

export function renderList(entries: readonly FailedEntry[], now: number): string {
  if (entries.length === 0) return 'No failed entry.\n';
  const reasons = Map.groupBy(entries, ({ reason }) => reason);
  const counts = [...reasons].map(([reason, { length }]) => `${length} ${reason}`).join(', ');
  const total = entries.length === 1 ? '1 failed entry' : `${entries.length} failed entries`;
  return [
    ...entries.map((entry) => renderEntry(entry, now)),
    '',
    shownText(`${total}: ${counts}.`),
    'See one: npm run replay -- --show ID    Put it through again: npm run replay -- --replay ID',
    '',
  ].join('\n');
}

/** Everything that is kept of one entry. */
export function renderShown(entry: FailedEntry & { readonly body?: string }, now: number): string {
  const at = (time: number) => `${new Date(time).toISOString()} (${shownAge(now - time)} ago)`;
  const received = entry.receiveCount === undefined ? '' : `, received ${plural(entry.receiveCount, 'time')}`;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['ID', entry.id],
    ['State', entry.state],
    ['Reason', entry.reason],
    ['What', entry.message],
    ['To do', entry.remedy],
    ['Object', entry.key === undefined ? undefined : `s3://${entry.bucket}/${entry.key}`],
    ['Message', entry.messageId === undefined ? undefined : `${entry.messageId}${received}`],
    ['First', at(entry.firstAt)],
    ['Last', at(entry.lastAt)],
    ['Attempts', String(entry.attempts)],
    ['Stubs', entry.stubCount === 0 ? undefined : stubsOf(entry.stubs, entry.stubCount)],
    ['Body', entry.body],
  ];
  const told = lines.filter(([, value]) => value !== undefined && value !== '');
  return told
    .map(([name, value]) => `${name.padEnd(9)} ${name === 'Body' ? indented(value ?? '') : shownText(value ?? '')}\n`)
    .join('');
}

/** Its lines cannot be taken for ours. */
function indented(text: string): string {
  return shownLines(text).replaceAll('\n', `\n${' '.repeat(10)}`);
}

/** What became of one entry, in one line. */
export function renderOutcome(outcome: ReplayOutcome): string {
  const { id, kind } = outcome;
  return shownText(`${kind.padEnd(9)}  ${id}  ${told(outcome)}`);
}

export function renderTotals(outcomes: readonly ReplayOutcome[]): string {
  const kinds = Map.groupBy(outcomes, ({ kind }) => kind);
  const counts = [...kinds].map(([kind, { length }]) => `${length} ${kind}`).join(', ');
  const rows = outcomes.reduce((sum, outcome) => sum + ('rows' in outcome ? outcome.rows : 0), 0);
  return `${counts === '' ? 'No failed entry' : counts}; ${plural(rows, 'row')} accepted.\n`;
}

/** A failure and what to do about it. */
export function renderFailure({ code, message, remedy }: FailureReport): string {
  return `${code}: ${message}${remedy === undefined ? '' : `. ${remedy}`}`;
}

function told(outcome: ReplayOutcome): string {
  switch (outcome.kind) {
    case 'delivered': {
      const { rows, accepted, suppressed, skipped } = outcome;
      const parts = [
        ...(accepted > 0 ? [`${plural(rows, 'row')} of ${plural(accepted, 'object')} accepted`] : []),
        ...(suppressed > 0 ? [`${plural(suppressed, 'object')} accepted before, not sent again`] : []),
        ...(skipped > 0 ? [`${plural(skipped, 'object')} of no interest`] : []),
      ];
      return parts.length === 0 ? 'there was nothing to do' : parts.join('; ');
    }
    case 'failed':
    case 'left':
      return renderFailure(outcome.failure);
    case 'read':
      return reread(outcome);
    case 'missing':
      return outcome.reason;
  }
}

function reread({ records, rows, stubs }: ReplayOutcome & { kind: 'read' }): string {
  const sent =
    rows === 0 ? 'no row was sent, since they were accepted before' : `${plural(rows, 'row')} accepted again`;
  return stubs.length === 0
    ? `all ${plural(records, 'record')} can be understood whole now; ${sent}. Send the file once more with --again.`
    : `${stubs.length} of ${plural(records, 'record')} still tell only a part (${stubsOf(stubs, stubs.length)}); ${sent}.`;
}

const mostStubsShown = 5;

function stubsOf(stubs: FailedEntry['stubs'], count: number): string {
  const shown = stubs.slice(0, mostStubsShown).map(({ offset, reason }) => `${reason} at byte ${offset}`);
  return count > shown.length ? `${shown.join(', ')} and ${count - shown.length} more` : shown.join(', ');
}

function whereOf({ bucket, key, messageId }: FailedEntry): string {
  if (key !== undefined) return `s3://${bucket}/${key}`;
  return messageId === undefined ? 'a message' : `message ${messageId}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
