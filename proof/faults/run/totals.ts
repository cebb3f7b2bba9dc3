import type { Cause } from '../judge/causes.ts';
import { endBoundMs } from '../processes/pool.ts';
import { type FaultName, faultNames } from './faultKinds.ts';
import { type RunOutcome, uploadsInFlight } from './runOnce.ts';

/** All runs together: what `--json` prints. */
export interface FaultTotals {
  readonly runs: number;
  readonly expected: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly bound: number;
  /** What the bound is made of. */
  readonly byCause: Readonly<Partial<Record<Cause, number>>>;
  readonly wrongDeadLetters: number;
  readonly mostUploadsInFlight: number;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
}

export function totalsOf(outcomes: readonly RunOutcome[]): FaultTotals {
  const sum = (of: (outcome: RunOutcome) => number): number => outcomes.reduce((total, each) => total + of(each), 0);
  const faults: Partial<Record<FaultName, number>> = {};
  for (const name of faultNames) {
    const times = sum((outcome) => outcome.faults[name] ?? 0);
    if (times > 0) faults[name] = times;
  }
  const byCause: Partial<Record<Cause, number>> = {};
  for (const outcome of outcomes) {
    for (const [cause, rows] of Object.entries(outcome.byCause) as [Cause, number][]) {
      if (rows > 0) byCause[cause] = (byCause[cause] ?? 0) + rows;
    }
  }
  return {
    runs: outcomes.length,
    expected: sum(({ expected }) => expected),
    delivered: sum(({ delivered }) => delivered),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    bound: sum(({ bound }) => bound),
    byCause,
    wrongDeadLetters: sum(({ wrongDeadLetters }) => wrongDeadLetters),
    mostUploadsInFlight: Math.max(0, ...outcomes.map((outcome) => outcome.mostUploadsInFlight)),
    faults,
  };
}

/** What is wrong with a run, each as one sentence; nothing when it kept every promise. */
export function brokenPromises(outcome: RunOutcome): string[] {
  const {
    altered,
    bound: boundOfAll,
    crashes,
    duplicated: duplicatedInAll,
    endedLate,
    lost,
    lostFrom,
    messagesLeft,
    mostUploadsInFlight,
    overBound,
    wrongDeadLetters,
  } = outcome;
  const problems: string[] = [];
  if (lost > 0) problems.push(`${lost} records have no row, of ${shown(lostFrom)}`);
  if (altered > 0) problems.push(`${altered} rows differ from what they must be`);
  for (const [index, { key, duplicated, bound }] of overBound.entries()) {
    const history = (outcome.histories[index] ?? []).map((line) => `\n    ${line}`).join('');
    problems.push(`${duplicated} duplicates where ${bound} may be, of ${key}${history}`);
  }
  if (duplicatedInAll > boundOfAll) {
    problems.push(`${duplicatedInAll} rows are there twice, where ${boundOfAll} may be in all`);
  }
  if (wrongDeadLetters > 0) problems.push(`${wrongDeadLetters} healthy messages are in the dead-letter queue`);
  if (messagesLeft > 0) problems.push(`${messagesLeft} messages are left although everything is healed`);
  if (mostUploadsInFlight > uploadsInFlight) {
    problems.push(`${mostUploadsInFlight} uploads were in flight at once, where ${uploadsInFlight} may be`);
  }
  for (const number of endedLate)
    problems.push(`a process did not end within ${endBoundMs / 1_000} s: instance ${number}`);
  for (const crash of crashes) problems.push(`a process ended by itself: ${crash}`);
  return problems;
}

function shown(keys: readonly string[]): string {
  const more = keys.length > 3 ? ` and ${keys.length - 3} more` : '';
  return `${keys.slice(0, 3).join(', ')}${more}`;
}
