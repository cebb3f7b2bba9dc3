import { type AskedProcess, startAsked } from '../../local/process/asked.ts';
import type { Mutant } from './mutants.ts';
import type { RunAnswer, RunOrder } from './testRunner.ts';

/** Killed by a test, by none, by endless work, or met by no test at all. */
export type Fate = 'killed' | 'survived' | 'endless' | 'untested';

export interface Verdict {
  readonly mutant: Mutant;
  readonly fate: Fate;
}

export interface RunOptions {
  readonly mutants: readonly Mutant[];
  readonly testsOf: (file: string) => readonly string[];
  readonly processes: number;
  /** `performance.now()` after which no further mutant is begun. */
  readonly until: number;
  readonly onVerdict?: (verdict: Verdict) => void;
}

/** A mutant that takes so many times as long as the source itself, and at least so long, never ends. */
const endlessFactor = 10;
const endlessMs = 30_000;

type Runner = AskedProcess<RunOrder, RunAnswer>;

/** Runs mutants side by side until all are judged or the time is over. @throws Error when the tests fail without a mutant */
export async function runMutants(options: RunOptions): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const usualMs = new Map<string, number>();
  const waiting = options.mutants.values();
  const work = async (): Promise<void> => {
    let runner = await startRunner();
    try {
      for (const mutant of waiting) {
        const tests = options.testsOf(mutant.file);
        let fate: Fate = 'untested';
        if (tests.length > 0) {
          const usual = usualMs.get(mutant.file) ?? (await withoutMutant(runner, tests));
          usualMs.set(mutant.file, usual);
          const answer = await within(Math.max(endlessMs, usual * endlessFactor), runner.ask({ mutant, tests }));
          fate = answer === undefined ? 'endless' : answer.failed ? 'killed' : 'survived';
          if (answer === undefined) {
            runner.kill();
            runner = await startRunner();
          }
        }
        verdicts.push({ mutant, fate });
        options.onVerdict?.({ mutant, fate });
        if (performance.now() > options.until) break;
      }
    } finally {
      await runner.end();
    }
  };
  await Promise.all(Array.from({ length: options.processes }, work));
  return verdicts;
}

function startRunner(): Promise<Runner> {
  return startAsked<RunOrder, RunAnswer>(new URL('./script.ts', import.meta.url), [], process.env);
}

async function withoutMutant(runner: Runner, tests: readonly string[]): Promise<number> {
  const { failed, ms } = await runner.ask({ tests });
  if (failed) throw new Error(`these tests fail as they are: ${tests.join(', ')}`);
  return ms;
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  try {
    return await Promise.race([promise.catch(() => undefined), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
