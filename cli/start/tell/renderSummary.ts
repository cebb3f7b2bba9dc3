import { shownText } from '../../../shared/kit/shortText.ts';
import type { RunResult } from '../run/locally.ts';
import { groupFailures, groupLines } from './failureGroups.ts';
import { bytes, count, plural } from './format.ts';
import { type StartSummary, secondsBetween } from './summary.ts';
import { painted, type TextPlace, wrapped } from './terminal.ts';

/** The run as a person reads it, the verdict last; `table` is how its place is best told. */
export function renderSummary(result: RunResult, table: string, place: TextPlace = {}): string {
  const { summary, times, totals } = result;
  if (times.functionsUpAt === undefined) return `${verdict(result, place).join('\n')}\n`;
  const lines = [
    '',
    row('Objects', `${count(summary.objects)} delivered`, otherObjects(result)),
    row(
      'Messages',
      `${count(summary.messagesDeleted)} deleted`,
      `${count(summary.messagesLeft)} left in the queue${testEvent(result)}`,
    ),
    row('Records', count(summary.records), partlyUnderstood(summary)),
    row('Rows', count(summary.rows), rate(summary)),
    row('Read', bytes(summary.bytesIn), `${bytes(totals.bytesInflated)} of JSON`),
    row('Sent', bytes(summary.bytesOut), sent(result)),
    row('Time', `${summary.seconds.toFixed(1)} s`, timesOf(result)),
    ...waiting(summary),
    '',
    wrapped(`${identity(summary)}${totals.identityHolds ? '' : '   (these do not add up: please report it)'}`, place),
    ...sentTwice(result).map((line) => wrapped(line, place)),
    '',
    ...frequentEvents(result),
    ...failures(result, place),
    `  The rows are in ${table}`,
    ...verdict(result, place),
  ];
  return `${lines.join('\n')}\n`;
}

function row(name: string, value: string, more: string): string {
  return `  ${name.padEnd(9)} ${value.padStart(16)}${more ? `   ${more}` : ''}`;
}

function otherObjects({ fed, summary, totals }: RunResult): string {
  const parts = [
    [summary.objectsFailed, 'failed'],
    [totals.objectsSkipped, 'skipped (digests and the like)'],
    [fed.leftOut, 'left out (no log files by their names)'],
  ] as const;
  return parts
    .filter(([many]) => many > 0)
    .map(([many, what]) => `${count(many)} ${what}`)
    .join(', ');
}

/** A generated trail begins with the message that S3 sends when a notification is set up. */
function testEvent({ fed, summary }: RunResult): string {
  return fed.records !== undefined && summary.messagesDeleted > 0 ? '; one was the test event of S3' : '';
}

function partlyUnderstood({ stubs }: StartSummary): string {
  return stubs > 0 ? `${count(stubs)} understood only in part` : '';
}

function rate({ rows, seconds }: StartSummary): string {
  return seconds > 0 ? `${count(rows / seconds)} a second` : '';
}

function sent({ summary, totals }: RunResult): string {
  const share = totals.bytesUploaded > 0 ? (100 * totals.bytesOut) / totals.bytesUploaded : 0;
  return `${bytes(totals.bytesUploaded)} of rows, ${share.toFixed(0)} % of it sent, in ${plural(summary.requests, 'request')}`;
}

/** Where the time of the whole command went; feeding and draining go on side by side. */
function timesOf({ times }: RunResult): string {
  const { beganAt, cloudsUpAt, functionsUpAt, firstRowAt, fedAt, drainedAt, endedAt } = times;
  const parts = [
    ['clouds up after', beganAt, cloudsUpAt],
    ['functions after', cloudsUpAt, functionsUpAt],
    ['first rows after', functionsUpAt, firstRowAt],
    ['all files put within', cloudsUpAt, fedAt],
    ['ended within', drainedAt, endedAt],
  ] as const;
  const told = parts.filter(([, from, to]) => from !== undefined && to !== undefined);
  return told.map(([what, from, to]) => `${what} ${secondsBetween(from, to).toFixed(1)} s`).join(', ');
}

/** Of the drains' time, what was spent on waiting for one thing at a time. */
function waiting({ drainedMs, waited }: StartSummary): string[] {
  const parts = [
    ['one file', drainedMs.oneRead],
    ['one upload', drainedMs.oneUpload],
    ['messages', drainedMs.receiving],
    ['deletions', drainedMs.deleting],
    ['more rows or a probe', drainedMs.nothing],
  ] as const;
  const told = parts.filter(([, ms]) => ms >= 50).map(([what, ms]) => `${what} ${(ms / 1000).toFixed(1)} s`);
  return told.length === 0
    ? []
    : [row('Waited', `${Math.round(100 * waited)} %`, `of the drains' time, for ${told.join(', ')}`)];
}

/** A part that is nothing is left out. */
function identity({ records, rows, dropped, suppressed, left }: StartSummary): string {
  const parts = [
    [dropped, 'dropped by selectors'],
    [suppressed, 'sent before'],
    [left, 'left for another try'],
  ] as const;
  const more = parts.filter(([many]) => many > 0).map(([many, what]) => ` + ${count(many)} ${what}`);
  return `${plural(records, 'record')} read = ${plural(rows, 'row')} accepted${more.join('')}`;
}

function sentTwice({ summary, tableRows, totals }: RunResult): string[] {
  const more = tableRows - summary.rows;
  const cut =
    totals.slicesCut > 0 ? `${plural(totals.slicesCut, 'drain')} was killed; what is known of it is counted.` : '';
  const twice =
    more > 0
      ? `The table has ${plural(more, 'row')} more: sent, but not known to be, by a drain that was killed or left.`
      : '';
  const ledger = totals.isLedgerAvailable ? '' : 'Ledger unavailable: what is announced again is sent again.';
  return [cut, twice, ledger].filter((line) => line !== '');
}

function frequentEvents({ eventNames }: RunResult): string[] {
  if (eventNames.length === 0) return [];
  const lines = eventNames.map(({ name, rows }) => `    ${count(rows).padStart(9)}  ${shownText(name, 100)}`);
  return ['  Most frequent events', ...lines, ''];
}

/** Each kind of failure once; a single one is the verdict's. */
function failures({ outstanding, totals }: RunResult, place: TextPlace): string[] {
  if (totals.failedObjects.size <= 1) return [];
  const groups = groupFailures(totals.failedObjects.values());
  const lines = groups.flatMap((group) => {
    const [what = '', toDo = ''] = groupLines(group, outstanding).map((line) => shownText(line));
    return [wrapped(what, place, 4), wrapped(toDo, place, 6)];
  });
  return [painted('bold', '  Failed', place), ...lines, ''];
}

/** Last and short: what was told above is not told again. */
function verdict({ summary, totals }: RunResult, place: TextPlace): string[] {
  const { error } = summary;
  if (error === null) return ['', painted('green', '  OK: everything arrived.', place)];
  const isToldAbove =
    totals.failedObjects.size > 1 && [...totals.failedObjects.values()].some(({ code }) => code === error.code);
  const message = isToldAbove
    ? `${plural(totals.failedObjects.size, 'object')} failed, see above`
    : shownText(error.message);
  const lines = ['', wrapped(painted('red', `NOT OK [${error.code}]: ${message}`, place), place)];
  return isToldAbove || error.remedy === null
    ? lines
    : [...lines, wrapped(`What to do: ${shownText(error.remedy)}`, place)];
}
