import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseCommand, refuseUsage, wholeNumber } from '../cli/commandLine.ts';
import { createRandom } from '../local/trail/random.ts';
import { importGraph, testsOf } from './mutation/importGraph.ts';
import { mutantsOf } from './mutation/mutants.ts';
import { runMutants } from './mutation/runMutants.ts';
import { rendered, scoreOf } from './mutation/score.ts';

const { values } = parseCommand({
  name: 'mutation',
  summary: 'Tests the tests: changes the pipeline and the mapping in small ways, and counts what no test notices.',
  options: {
    files: { type: 'string', value: 'PREFIXES', help: 'only files that begin so, joined by commas' },
    since: { type: 'string', value: 'REF', help: 'only files that differ from a commit' },
    minutes: { type: 'string', value: 'N', help: 'begin no further mutant after so long (default 10)' },
    mutants: {
      type: 'string',
      value: 'N',
      help: 'at most so many, drawn by the seed (default: as many as the time allows)',
    },
    seed: { type: 'string', value: 'N', help: 'which are drawn, and their order (default 1)' },
    processes: { type: 'string', value: 'N', help: 'side by side (default: one a core)' },
    least: { type: 'string', value: 'PERCENT', help: 'exit 1 below this score (default 0)' },
    json: { type: 'boolean', help: 'print one JSON object on standard output, and nothing else there' },
  },
  notes: 'Exit codes: 0 done, 1 below the score asked for, 2 wrong usage.',
});

const root = join(import.meta.dirname, '..');
const minutes = wholeNumber('mutation', 'minutes', values.minutes ?? '10', 1);
const seed = wholeNumber('mutation', 'seed', values.seed ?? '1', 0);
const most = wholeNumber('mutation', 'mutants', values.mutants ?? String(Number.MAX_SAFE_INTEGER), 1);
const processes = wholeNumber('mutation', 'processes', values.processes ?? String(availableParallelism()), 1, 64);
const least = wholeNumber('mutation', 'least', values.least ?? '0', 0, 100);

const folders = 'shared/{pipeline,cloudtrail}';
const tests = globSync(`test/${folders}/**/*.test.ts`, { cwd: root }).sort();
const files = globSync(`${folders}/**/*.ts`, { cwd: root, exclude: ['**/wasm/assembly/**'] })
  .sort()
  .filter(isWanted());
if (files.length === 0) refuseUsage('mutation', 'no file of the pipeline or the mapping is left to change');

const graph = importGraph(root, tests);
const drawn = shuffled(files.flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')))).slice(0, most);
process.stderr.write(`${drawn.length} mutants of ${files.length} files, for at most ${minutes} minutes ...\n`);
const verdicts = await runMutants({
  mutants: drawn,
  testsOf: (file) => testsOf(file, tests, graph),
  processes,
  until: performance.now() + minutes * 60_000,
  onVerdict({ mutant: { file, line, replacement }, fate }) {
    if (fate === 'survived') process.stderr.write(`${file}:${line} lives as ${replacement.split('\n')[0]}\n`);
  },
});
const score = scoreOf(verdicts);
process.stdout.write(values.json ? `${JSON.stringify({ ...score, drawn: drawn.length, seed })}\n` : rendered(score));
process.exit(score.score >= least ? 0 : 1);

function isWanted(): (file: string) => boolean {
  const prefixes = values.files?.split(',');
  const changed = values.since === undefined ? undefined : changedSince(values.since);
  return (file) => (prefixes?.some((prefix) => file.startsWith(prefix)) ?? true) && (changed?.has(file) ?? true);
}

function changedSince(ref: string): ReadonlySet<string> {
  try {
    const names = execFileSync('git', ['diff', '--name-only', '--end-of-options', ref], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return new Set(names.toString().split('\n'));
  } catch {
    return refuseUsage('mutation', `--since must be a commit of this repository; got "${values.since}"`);
  }
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  const random = createRandom(`mutation/${seed}`);
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
