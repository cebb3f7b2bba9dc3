import type { Fed } from './feed.ts';
import { bytes, count, plural } from './format.ts';
import type { RunTotals } from './runTotals.ts';

/** The run as one JSON object: what `--json` prints. */
export interface StartSummary {
  readonly version: string;
  /** Objects whose rows were all accepted. */
  readonly objects: number;
  readonly objectsFailed: number;
  /** Objects of no interest, such as digest files, acknowledged without being read. */
  readonly objectsSkipped: number;
  readonly records: number;
  readonly rows: number;
  readonly stubs: number;
  readonly dropped: number;
  readonly suppressed: number;
  readonly left: number;
  readonly messagesDeleted: number;
  readonly messagesLeft: number;
  /** Compressed bytes read from S3, and compressed bytes of accepted request bodies. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly requests: number;
  readonly seconds: number;
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string | null } | null;
}

export interface SummaryParts {
  readonly version: string;
  readonly totals: RunTotals;
  readonly fed: Fed;
  readonly messagesLeft: number;
  /** Rows the table says it accepted. */
  readonly tableRows: number;
  readonly seconds: number;
}

export function summarise(parts: SummaryParts): StartSummary {
  const { totals } = parts;
  const error = whatWentWrong(parts);
  return {
    version: parts.version,
    objects: totals.objects,
    objectsFailed: totals.failedObjects.size,
    objectsSkipped: totals.objectsSkipped,
    records: totals.records,
    rows: totals.rows,
    stubs: totals.stubs,
    dropped: totals.dropped,
    suppressed: totals.suppressed,
    left: totals.left,
    messagesDeleted: totals.messagesDeleted,
    messagesLeft: parts.messagesLeft,
    bytesIn: totals.bytesIn,
    bytesOut: totals.bytesOut,
    requests: totals.requests,
    seconds: Number(parts.seconds.toFixed(2)),
    ok: error === null,
    error,
  };
}

/** The first thing that keeps this run from being a success, or null. */
function whatWentWrong({ totals, fed, messagesLeft, tableRows }: SummaryParts): StartSummary['error'] {
  const [failedObject] = totals.failedObjects.values();
  const failure = totals.failure ?? failedObject;
  if (failure) return { code: failure.code, message: failure.message, remedy: failure.remedy ?? null };
  if (!totals.identityHolds) {
    return wrong(
      'counts-differ',
      'a slice read more or fewer records than it accounts for',
      'See the slice-finished lines.',
    );
  }
  if (fed.records !== undefined && tableRows < fed.records) {
    return wrong(
      'records-lost',
      `the trail has ${fed.records} records, the table ${tableRows} rows`,
      'Please report this.',
    );
  }
  if (messagesLeft > 0) {
    return wrong(
      'messages-left',
      `${plural(messagesLeft, 'message')} still in the queue`,
      'Run again, or look for message-returned.',
    );
  }
  return null;
}

function wrong(code: string, message: string, remedy: string): StartSummary['error'] {
  return { code, message, remedy };
}

export interface SummaryPlaces {
  /** The table's file, or where it was copied. */
  readonly table: string;
  readonly eventNames: readonly { readonly name: string; readonly rows: number }[];
}

/** The run as a person reads it. */
export function renderSummary(summary: StartSummary, { totals, fed }: SummaryParts, places: SummaryPlaces): string {
  const rate = summary.seconds > 0 ? summary.rows / summary.seconds : 0;
  const ratio = totals.bytesUploaded > 0 ? totals.bytesOut / totals.bytesUploaded : 0;
  const lines = [
    '',
    row('Objects', `${count(summary.objects)} delivered`, others(summary)),
    row('Messages', `${count(summary.messagesDeleted)} deleted`, `${count(summary.messagesLeft)} left in the queue`),
    row('Records', count(summary.records), summary.stubs > 0 ? `${count(summary.stubs)} understood only in part` : ''),
    row('Rows', count(summary.rows), `${count(rate)} a second`),
    row('In', bytes(summary.bytesIn), `${bytes(totals.bytesInflated)} of JSON`),
    row(
      'Out',
      bytes(summary.bytesOut),
      `${bytes(totals.bytesUploaded)} of rows, ${(ratio * 100).toFixed(0)} % of it sent, in ${plural(summary.requests, 'request')}`,
    ),
    row('Time', `${summary.seconds.toFixed(1)} s`, ''),
    '',
    `  ${count(summary.records)} records read = ${count(summary.rows)} rows accepted + ${count(summary.dropped)} dropped by selectors + ${count(summary.suppressed)} suppressed + ${count(summary.left)} left for retry${totals.identityHolds ? '' : '   (DOES NOT ADD UP)'}`,
    '',
  ];
  if (places.eventNames.length > 0) {
    lines.push('  Most frequent events');
    for (const { name, rows } of places.eventNames) lines.push(`    ${count(rows).padStart(9)}  ${name}`);
    lines.push('');
  }
  for (const { path, reason } of fed.leftOut.slice(0, 20)) lines.push(`  Left out: ${path} (${reason})`);
  if (fed.leftOut.length > 20) lines.push(`  Left out: ${count(fed.leftOut.length - 20)} more files`);
  for (const failure of [...totals.failedObjects.values()].slice(0, 20))
    lines.push(`  Failed: ${failure.message} [${failure.code}]`);
  lines.push(`  The rows are in ${places.table}`);
  if (summary.error) {
    lines.push('', `  NOT OK [${summary.error.code}]: ${summary.error.message}`);
    if (summary.error.remedy) lines.push(`  What to do: ${summary.error.remedy}`);
  }
  return `${lines.join('\n')}\n`;
}

function row(name: string, value: string, more: string): string {
  return `  ${name.padEnd(9)} ${value.padStart(14)}${more ? `   ${more}` : ''}`;
}

function others({ objectsFailed, objectsSkipped }: StartSummary): string {
  const parts = [];
  if (objectsFailed > 0) parts.push(`${count(objectsFailed)} failed`);
  if (objectsSkipped > 0) parts.push(`${count(objectsSkipped)} skipped (digests and the like)`);
  return parts.join(', ');
}
