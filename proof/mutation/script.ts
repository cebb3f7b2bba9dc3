import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest } from 'vitest/node';
import { answerParent } from '../../local/process/asked.ts';
import type { Mutant } from './mutants.ts';
import type { RunAnswer, RunOrder } from './testRunner.ts';

/** Run by `startRunner`: one test runner that stays, and reads one source as its mutant. */
const root = join(import.meta.dirname, '..', '..');
/** Where to cut the tests, the nearest first: most mutants end with the first few. */
const cuts = [0, 1, 5, Number.POSITIVE_INFINITY];
let active: Mutant | undefined;

const vitest = await createVitest(
  'test',
  {
    ...{
      root,
      watch: false,
      bail: 1,
      pool: 'threads',
      isolate: false,
      maxWorkers: 1,
      fsModuleCache: false,
      silent: true,
      reporters: [{}],
    },
    ...{ coverage: { enabled: false }, sequence: { shuffle: false }, retry: 0 },
  },
  {
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        load(id: string) {
          const file = id.split('?')[0];
          return active !== undefined && file === join(root, active.file) ? mutated(active) : undefined;
        },
      },
    ],
  },
);
await vitest.standalone();

answerParent<RunOrder, RunAnswer>({
  first: { failed: false, ms: 0 },
  async answer({ mutant, tests }) {
    const started = performance.now();
    active = mutant;
    if (mutant !== undefined) vitest.invalidateFile(join(root, mutant.file));
    let failed = false;
    for (let step = 1; step < cuts.length && !failed; step += 1)
      failed = await fails(tests.slice(cuts[step - 1], cuts[step]));
    if (mutant !== undefined) vitest.invalidateFile(join(root, mutant.file));
    return { failed, ms: performance.now() - started };
  },
  close: () => vitest.close(),
});

async function fails(tests: readonly string[]): Promise<boolean> {
  if (tests.length === 0) return false;
  // Failures of the run before would end this one at its first test.
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  const project = vitest.getRootProject();
  const specifications = tests.map((test) => project.createSpecification(join(root, test)));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  return unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
}

function mutated({ file, start, end, replacement }: Mutant): string {
  const source = readFileSync(join(root, file), 'utf8');
  return source.slice(0, start) + replacement + source.slice(end);
}
