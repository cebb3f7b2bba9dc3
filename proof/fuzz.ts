import { setImmediate as turn } from 'node:timers/promises';
import { parseCommand, refuseUsage } from '../cli/commandLine.ts';
import { interruptSignal } from '../cli/process/interrupt.ts';
import { checkCase } from './fuzz/checkCase.ts';
import { checkMessage, drawMessage, seedMessages } from './fuzz/checkMessage.ts';
import { loadCorpus, saveCase } from './fuzz/corpus.ts';
import { drawCase, seedTrees } from './fuzz/drawCase.ts';
import { minimise } from './fuzz/minimise.ts';

const { values } = parseCommand({
  name: 'fuzz',
  summary:
    'Feeds damaged and odd log files to both row engines and to a plain mapping, which must agree; and odd messages to the parser of notifications.',
  options: {
    minutes: { type: 'string', value: 'M', help: 'how long, for example 0.5 (default 5)' },
    seed: { type: 'string', value: 'TEXT', help: 'repeats a run (default: the current time)' },
    json: { type: 'boolean', help: 'print nothing but the result, as one JSON object, on standard output' },
  },
  notes:
    'A case that fails is made smaller and kept in test/fixtures/fuzz, where the tests find it.\nExit codes: 0 nothing found, 1 something found, 2 wrong usage.',
});

const minutes = Number(values.minutes ?? 5);
if (!(minutes > 0)) refuseUsage('fuzz', `--minutes must be a number above 0; got "${values.minutes}"`);
const seed = values.seed ?? String(Date.now());

/** More of them would be variations of the same fault. */
const mostProblems = 5;
const problems: { readonly problem: string; readonly file?: string; readonly message?: string }[] = [];
const corpus = loadCorpus();
for (const [name, input] of corpus) {
  const problem = checkCase(input);
  if (problem !== undefined) problems.push({ problem, file: `test/fixtures/fuzz/${name}` });
}

const seeds = seedTrees(seed);
const messages = seedMessages();
const cases = [...corpus.values()];
const startedAt = performance.now();
let bytes = 0;
let executions = 0;
let nextReport = 15_000;
const interrupted = interruptSignal(() => tell('Ending: the result so far follows.'));
const isOver = () => interrupted.aborted || performance.now() - startedAt >= minutes * 60_000;
for (; !isOver() && problems.length < mostProblems; executions++) {
  // Signals are heard between turns.
  if (executions % 50 === 0) await turn();
  const input = drawCase(seed, executions, seeds, cases);
  bytes += input.log.length;
  const problem = checkCase(input);
  if (problem !== undefined) {
    const smaller = minimise(input, (candidate) => checkCase(candidate) !== undefined);
    const shown = checkCase(smaller) ?? problem;
    problems.push({ problem: shown, file: saveCase(smaller, shown) });
    tell(`case ${executions}: ${shown}`);
  }
  const message = drawMessage(seed, executions, messages);
  const complaint = checkMessage(message);
  if (complaint !== undefined) {
    problems.push({ problem: complaint, message });
    tell(`message ${executions}: ${complaint}\n${message.slice(0, 1000)}`);
  }
  if (performance.now() - startedAt > nextReport) {
    nextReport += 15_000;
    tell(`${executions} cases, ${Math.round(bytes / 1e6)} MB`);
  }
}

const seconds = (performance.now() - startedAt) / 1000;
const result = {
  seed,
  seconds: Math.round(seconds),
  cases: executions,
  messages: executions,
  bytes,
  corpus: corpus.size,
  problems,
};
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else
  process.stdout.write(
    `${interrupted.aborted ? 'interrupted after ' : ''}${executions} cases and as many messages in ${result.seconds} s, seed ${seed}: ${problems.length} problems\n`,
  );
process.exit(problems.length === 0 && !interrupted.aborted ? 0 : 1);

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
