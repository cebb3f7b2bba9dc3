import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommand, refuseUsage, wholeNumber } from '../cli/commandLine.ts';
import { aborted, interruptSignal } from '../cli/process/interrupt.ts';
import { exactFaults, type FaultName, faultKinds, faultNames, isFaultName } from './faults/run/faultKinds.ts';
import { manyRuns } from './faults/run/manyRuns.ts';
import type { RunOutcome } from './faults/run/runOnce.ts';
import { brokenPromises, type FaultTotals, totalsOf } from './faults/run/totals.ts';
import { tellStory } from './faults/stories/tellStory.ts';

/** Each has clouds of its own, several processes: more would not come up in time. */
const mostParallel = 16;

const { values } = parseCommand({
  name: 'faults',
  summary:
    'Proves that nothing is lost: drains known trails while everything around goes wrong, then compares row by row.',
  options: {
    seed: { type: 'string', value: 'N', help: 'seed of the first run; the next ones count up (default 1)' },
    runs: { type: 'string', value: 'K', help: 'how many runs (default 20)' },
    faults: {
      type: 'string',
      value: 'NAMES',
      help: 'all (default), none, exact (those after which no duplicate may be), or names joined by commas; "list" tells them',
    },
    story: { type: 'string', value: 'NAME', help: 'tell one long story instead, days in minutes; "list" tells them' },
    parallel: { type: 'string', value: 'N', help: 'runs side by side, each with clouds of its own (default 3)' },
    trace: { type: 'boolean', help: 'print what the drainers say, on standard error' },
    json: {
      type: 'boolean',
      help: 'print one JSON object on standard output, and nothing else there: the totals, or the story',
    },
  },
  notes:
    'A run follows from its seed, up to the timing of processes.\nExit codes: 0 every promise kept, 1 something was lost, duplicated beyond the bound or dead-lettered wrongly, or not every run was made, 2 wrong usage.',
});

const interrupted = interruptSignal(() => process.stderr.write('Ending: what is known so far follows.\n'));
if (values.story !== undefined) {
  refuseBeside('story', ['seed', 'runs', 'faults', 'parallel', 'trace']);
  const told = tellStory(values.story, values.json ?? false);
  const code = await Promise.race([told, aborted(interrupted)]);
  if (code === undefined) process.stderr.write('interrupted: the story was not told to its end\n');
  process.exit(code ?? 1);
}
if (values.faults === 'list') {
  refuseBeside('faults list', ['seed', 'runs', 'parallel', 'trace', 'json']);
  for (const name of faultNames) process.stdout.write(`${name.padEnd(18)} ${faultKinds[name].help}\n`);
  process.exit(0);
}

const seed = wholeNumber('faults', 'seed', values.seed ?? '1', 0);
const runs = wholeNumber('faults', 'runs', values.runs ?? '20', 1);
const parallel = wholeNumber('faults', 'parallel', values.parallel ?? '3', 1, mostParallel);
const enabled = enabledFaults(values.faults ?? 'all');
const folder = await mkdtemp(join(tmpdir(), 'connector-faults-'));
const outcomes: RunOutcome[] = [];
const started = performance.now();
try {
  const all = manyRuns({
    seeds: Array.from({ length: runs }, (_, index) => seed + index),
    ...{ enabled, parallel, folder, trace: values.trace ?? false },
    onOutcome(outcome) {
      outcomes.push(outcome);
      tell(outcome);
    },
  });
  // Interrupted, the runs under way are left: their processes end with this one.
  await Promise.race([all, aborted(interrupted)]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
const totals = totalsOf(outcomes);
process.stdout.write(values.json ? `${JSON.stringify(totals)}\n` : rendered(totals));
if (outcomes.length !== runs) {
  const why = interrupted.aborted ? 'interrupted: ' : '';
  process.stderr.write(`${why}only ${outcomes.length} of ${runs} runs were made\n`);
}
const isKept = outcomes.length === runs && outcomes.every((outcome) => brokenPromises(outcome).length === 0);
process.exit(isKept ? 0 : 1);

/** An option that would change nothing was meant for something else. */
function refuseBeside(what: string, options: readonly (keyof typeof values)[]): void {
  const given = options.find((option) => values[option] !== undefined);
  if (given !== undefined) refuseUsage('faults', `--${given} does not go with --${what}`);
}

function tell(outcome: RunOutcome): void {
  const { seed: ofRun, delivered, duplicated, bound, byCause, seconds } = outcome;
  const problems = brokenPromises(outcome);
  const verdict = problems.length === 0 ? 'ok' : 'BROKEN';
  const reasons = Object.entries(byCause)
    .filter(([, rows]) => rows > 0)
    .map(([reason, rows]) => `: ${rows} ${reason}`)
    .join('');
  const progress = `${outcomes.length}/${runs} seed ${ofRun} ${verdict}: ${delivered} rows, ${duplicated} twice (at most ${bound}${reasons}), ${seconds.toFixed(1)} s`;
  const repeat = `  again: npm run faults -- --seed ${ofRun} --runs 1 --faults ${values.faults ?? 'all'} --trace`;
  const lines = [progress, ...problems.map((problem) => `  ${problem}`), ...(problems.length > 0 ? [repeat] : [])];
  process.stderr.write(`${lines.join('\n')}\n`);
}

function rendered(all: FaultTotals): string {
  const {
    runs: made,
    expected,
    delivered,
    lost,
    duplicated,
    bound,
    byCause,
    wrongDeadLetters,
    mostUploadsInFlight,
    faults,
  } = all;
  const causes = Object.entries(byCause).map(([cause, rows]) => `${rows} ${cause}`);
  const met = Object.entries(faults).map(([name, times]) => `${times} x ${name}`);
  return [
    `${made} ${made === 1 ? 'run' : 'runs'} in ${((performance.now() - started) / 1000).toFixed(0)} s`,
    `records expected       ${expected}`,
    `rows delivered         ${delivered}`,
    `records lost           ${lost}`,
    `rows there twice       ${duplicated} (at most ${bound}: uploads whose outcome could not be recorded)`,
    `why that many may be   ${causes.length === 0 ? 'no reason seen' : causes.join(', ')}`,
    `wrong dead letters     ${wrongDeadLetters}`,
    `most uploads in flight ${mostUploadsInFlight}`,
    `faults met             ${met.length === 0 ? 'none' : met.join(', ')}`,
    '',
  ].join('\n');
}

function enabledFaults(names: string): readonly FaultName[] {
  if (names === 'all') return faultNames;
  if (names === 'none') return [];
  if (names === 'exact') return exactFaults;
  return names.split(',').map((name) => {
    if (isFaultName(name)) return name;
    return refuseUsage('faults', `--faults must be all, none, exact or of ${faultNames.join(', ')}; got "${name}"`);
  });
}
