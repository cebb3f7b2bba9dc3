import { shownText } from '../../../shared/kit/shortText.ts';
import type { RunResult } from '../run/locally.ts';
import { bytes, count, plural } from './format.ts';
import { failureWords, type StartSummary, secondsBetween } from './summary.ts';

/** More would push the counts off the screen. */
const mostFailures = 10;

/** The run as a person reads it; `table` is how its place is best told. */
export function renderSummary(result: RunResult, table: string): string {
  const { summary, times, totals } = result;
  if (times.functionsUpAt === undefined) return `${whatToDo(summary).join('\n')}\n`;
  const lines = [
    '',
    row('Objects', `${count(summary.objects)} delivered`, otherObjects(summary)),
    row('Messages', `${count(summary.messagesDeleted)} deleted`, `${count(summary.messagesLeft)} left in the queue`),
    row('Records', count(summary.records), partlyUnderstood(summary)),
    row('Rows', count(summary.rows), rate(summary)),
    row('In', bytes(summary.bytesIn), `${bytes(totals.bytesInflated)} of JSON`),
    row('Out', bytes(summary.bytesOut), sent(result)),
    row('Time', `${summary.seconds.toFixed(1)} s`, timesOf(result)),
    row('Waited', `${Math.round(100 * summary.waited)} %`, waiting(summary)),
    '',
    `  ${identity(summary)}${totals.identityHolds ? '' : '   (DOES NOT ADD UP)'}`,
    ...sentTwice(result),
    '',
    ...frequentEvents(result),
    ...failures(result),
    `  The rows are in ${table}`,
    ...whatToDo(summary),
  ];
  return `${lines.join('\n')}\n`;
}

function row(name: string, value: string, more: string): string {
  return `  ${name.padEnd(9)} ${value.padStart(16)}${more ? `   ${more}` : ''}`;
}

function otherObjects({ objectsFailed, objectsSkipped }: StartSummary): string {
  const failed = objectsFailed > 0 ? [`${count(objectsFailed)} failed`] : [];
  const skipped = objectsSkipped > 0 ? [`${count(objectsSkipped)} skipped (digests and the like)`] : [];
  return [...failed, ...skipped].join(', ');
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

/** Of the drains' time, what was not spent on several things side by side. */
function waiting({ drainedMs }: StartSummary): string {
  const { nothing, deleting, oneRead, oneUpload, receiving, sideBySide } = drainedMs;
  const parts = [
    ['side by side', sideBySide],
    ['for one file', oneRead],
    ['for one upload', oneUpload],
    ['for messages', receiving],
    ['for deletions', deleting],
    ['for company', nothing],
  ] as const;
  const told = parts.filter(([, ms]) => ms >= 50).map(([what, ms]) => `${what} ${(ms / 1000).toFixed(1)} s`);
  return `of the time of the drains: ${told.join(', ')}`;
}

function identity({ records, rows, dropped, suppressed, left }: StartSummary): string {
  return `${count(records)} records read = ${count(rows)} rows accepted + ${count(dropped)} dropped by selectors + ${count(suppressed)} suppressed + ${count(left)} left for retry`;
}

function sentTwice({ summary, tableRows, totals }: RunResult): string[] {
  const more = tableRows - summary.rows;
  const cut =
    totals.slicesCut > 0 ? `  ${plural(totals.slicesCut, 'drain')} was killed; what is known of it is counted.` : '';
  const twice =
    more > 0
      ? `  The table has ${plural(more, 'row')} more: sent, but not known to be, by a drain that was killed or left.`
      : '';
  const ledger = totals.isLedgerAvailable ? '' : '  Ledger unavailable: what is announced again is sent again.';
  return [cut, twice, ledger].filter((line) => line !== '');
}

function frequentEvents({ eventNames }: RunResult): string[] {
  if (eventNames.length === 0) return [];
  const lines = eventNames.map(({ name, rows }) => `    ${count(rows).padStart(9)}  ${shownText(name, 100)}`);
  return ['  Most frequent events', ...lines, ''];
}

function failures({ outstanding, totals }: RunResult): string[] {
  const all = [...totals.failedObjects.values()];
  if (all.length === 1) return []; // the run's error says it
  const lines = all
    .slice(0, mostFailures)
    .map((one) => `  Failed [${one.code}]: ${shownText(failureWords(one, outstanding))}`);
  if (all.length > mostFailures) lines.push(`  Failed: ${plural(all.length - mostFailures, 'more object')}`);
  return lines.length === 0 ? [] : [...lines, ''];
}

function whatToDo({ error }: StartSummary): string[] {
  if (!error) return [];
  const lines = ['', `  NOT OK [${error.code}]: ${shownText(error.message)}`];
  return error.remedy === null ? lines : [...lines, `  What to do: ${shownText(error.remedy)}`];
}
