import type { SliceTime } from '../../../shared/words/events.ts';
import type { Fed } from '../feed/feed.ts';
import type { RunFailure } from '../run/failure.ts';
import type { Outstanding } from '../run/outstanding.ts';
import { failureWords, remedyOf } from './failureGroups.ts';
import { count, plural } from './format.ts';
import type { RunTotals } from './runTotals.ts';

/** The run as one JSON object: what `--json` prints. */
export interface StartSummary {
  readonly version: string;
  /** Objects whose rows were all accepted. */
  readonly objects: number;
  /** Objects that failed for themselves, and files that could not be read. */
  readonly objectsFailed: number;
  /** Objects of no interest, such as digest files, and files that are no log files. */
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
  /** From the moment the functions were up until the last message was settled. */
  readonly seconds: number;
  /** Where the time of the drains went, in milliseconds; all but `sideBySide` is waiting for one thing at a time. */
  readonly drainedMs: SliceTime;
  /** The share of that waiting, 0 to 1. */
  readonly waited: number;
  readonly ok: boolean;
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string | null } | null;
}

export interface SummaryParts {
  readonly version: string;
  readonly totals: RunTotals;
  readonly fed: Fed;
  readonly outstanding: Outstanding;
  readonly messagesDeleted: number;
  readonly messagesLeft: number;
  /** Rows the table says it accepted. */
  readonly tableRows: number;
  readonly times: RunTimes;
  /** Somebody ended the run before it was done. */
  readonly isInterrupted: boolean;
  /** Why the run could not do its work at all. */
  readonly failure?: RunFailure;
}

/** When what happened, in milliseconds since the process began; absent what did not. */
export interface RunTimes {
  readonly beganAt: number;
  cloudsUpAt?: number;
  functionsUpAt?: number;
  firstRowAt?: number;
  fedAt?: number;
  drainedAt?: number;
  endedAt?: number;
}

export function summarise(parts: SummaryParts): StartSummary {
  const { fed, times, totals } = parts;
  const error = whatWentWrong(parts);
  return {
    version: parts.version,
    objects: totals.objects,
    objectsFailed: totals.failedObjects.size + fed.unreadable,
    objectsSkipped: totals.objectsSkipped + fed.leftOut,
    records: totals.records,
    rows: totals.rows,
    stubs: totals.stubs,
    dropped: totals.dropped,
    suppressed: totals.suppressed,
    left: totals.left,
    messagesDeleted: parts.messagesDeleted,
    messagesLeft: parts.messagesLeft,
    bytesIn: totals.bytesIn,
    bytesOut: totals.bytesOut,
    requests: totals.requests,
    seconds: secondsBetween(times.functionsUpAt, times.drainedAt),
    drainedMs: { ...totals.timeMs },
    waited: waitedShare(totals.timeMs),
    ok: error === null,
    error,
  };
}

function waitedShare(time: SliceTime): number {
  const { sideBySide, ...waiting } = time;
  const waitedMs = Object.values(waiting).reduce((sum, each) => sum + each, 0);
  return waitedMs === 0 ? 0 : Number((waitedMs / (sideBySide + waitedMs)).toFixed(3));
}

export function secondsBetween(from: number | undefined, to: number | undefined): number {
  return from === undefined || to === undefined ? 0 : Number(((to - from) / 1000).toFixed(2));
}

type Wrong = NonNullable<StartSummary['error']>;

/** The first thing that keeps this run from being a success, or null. */
function whatWentWrong(parts: SummaryParts): Wrong | null {
  return wholeRun(parts) ?? singleFiles(parts) ?? counts(parts) ?? null;
}

function wholeRun({ failure, totals, times, isInterrupted, messagesLeft }: SummaryParts): Wrong | undefined {
  if (failure) return wrong(failure.code, failure.message, failure.remedy);
  if (totals.failure) return wrong(totals.failure.code, totals.failure.message, totals.failure.remedy ?? null);
  if (!isInterrupted) return undefined;
  if (times.functionsUpAt === undefined) {
    return wrong('interrupted', 'the run was ended while it was starting', 'Run it again to deliver anything.');
  }
  const left = `${plural(messagesLeft, 'message')} ${messagesLeft === 1 ? 'was' : 'were'} left in the queue`;
  return wrong('interrupted', `the run was ended before it was done: ${left}`, 'Run it again to deliver everything.');
}

function singleFiles({ fed, outstanding, totals }: SummaryParts): Wrong | undefined {
  const [object] = totals.failedObjects.values();
  if (object) {
    const more = totals.failedObjects.size - 1;
    const others = more === 0 ? '' : `; ${plural(more, 'other object')} failed, too`;
    return wrong(object.code, `${failureWords(object, outstanding)}${others}`, remedyOf(object));
  }
  const { firstUnreadable: file, unreadable } = fed;
  if (!file) return undefined;
  const others = unreadable === 1 ? '' : `; neither could ${plural(unreadable - 1, 'other file')}`;
  return wrong(
    'file-unreadable',
    `${file.path} was not delivered: ${file.reason}${others}`,
    'Give the user who starts this the right to read it, and run again.',
  );
}

function counts({ fed, messagesLeft, tableRows, totals }: SummaryParts): Wrong | undefined {
  if (!totals.identityHolds) {
    const message = 'a slice read more or fewer records than it accounts for';
    return wrong('counts-differ', message, 'Please report this, with the slice-finished lines.');
  }
  const expected = fed.records ?? totals.rows;
  if (tableRows < expected) {
    const message = `${count(expected)} records should be in the table, which has ${plural(tableRows, 'row')}`;
    return wrong('records-lost', message, 'Please report this, with the files or the seed of the trail.');
  }
  if (messagesLeft > 0) {
    const message = `${plural(messagesLeft, 'message')} still in the queue`;
    return wrong('messages-left', message, 'Run again, or look for message-returned in the lines above.');
  }
  if (fed.done && fed.messages === 0) {
    const others = fed.leftOut === 0 ? 'it is empty' : `it holds ${plural(fed.leftOut, 'other file')}`;
    const remedy = 'Name a folder with CloudTrail log files (.json.gz or .json, at any depth) after --logs.';
    return wrong('no-log-files', `the folder has no log files: ${others}`, remedy);
  }
  return undefined;
}

function wrong(code: string, message: string, remedy: string | null): Wrong {
  return { code, message, remedy };
}
