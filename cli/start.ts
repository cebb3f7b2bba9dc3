import { closeSync, existsSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type EventTable, eventTables } from '../local/azure/resourceManager/connector.ts';
import { breaks, isBreakName } from '../local/breaks.ts';
import { jsonText, shownLines } from '../shared/kit/shortText.ts';
import { parseCommand, refuseUsage, wholeNumber } from './commandLine.ts';
import { interruptSignal } from './process/interrupt.ts';
import { systemReason } from './process/systemReason.ts';
import { type RunOptions, runLocally } from './start/run/locally.ts';
import { claimWorkFolder } from './start/run/workFolder.ts';
import { clearLine } from './start/tell/progress.ts';
import { renderSummary } from './start/tell/renderSummary.ts';

const { values } = parseCommand({
  name: 'start',
  summary: 'Runs the whole pipe on this machine: embedded AWS and Azure, a trail of log files, the functions, a table.',
  options: {
    logs: {
      type: 'string',
      value: 'DIR',
      help: 'deliver your own CloudTrail files (.json.gz, .json; any depth) instead of a generated trail',
    },
    out: { type: 'string', value: 'FILE', help: "write the table's rows there as NDJSON, in order of acceptance" },
    table: {
      type: 'string',
      value: 'NAME',
      help: "the table: AWSCloudTrail_CL (default), or AWSCloudTrail, Sentinel's own",
    },
    files: { type: 'string', value: 'N', help: 'how many log files to generate (default 1000)' },
    seed: { type: 'string', value: 'SEED', help: 'seed of the generated trail (default 1)' },
    now: { type: 'string', value: 'ISO', help: 'fixes the time of reception, for example 2026-11-01T12:00:00Z' },
    serve: { type: 'boolean', help: 'keep everything running until Ctrl-C' },
    break: { type: 'string', value: 'NAME', help: 'provoke one misconfiguration; "list" names them' },
    work: {
      type: 'string',
      value: 'DIR',
      help: 'where the run keeps its own files (default .local); one run at a time',
    },
    json: { type: 'boolean', help: 'print nothing but the summary, as one JSON object, on standard output' },
  },
  notes:
    'Pids and endpoints are in run.json of the work folder while it runs.\nExit codes: 0 everything arrived, 1 something failed or was left, 2 wrong usage.',
});

const root = join(import.meta.dirname, '..');
const work = resolve(values.work ?? join(root, '.local'));

if (values.break === 'list') {
  for (const [name, what] of Object.entries(breaks)) process.stdout.write(`${name.padEnd(12)} ${what}\n`);
  process.exit(0);
}

const options = readOptions();
claimWork();
const interrupted = interruptSignal(() =>
  tell('Ending: what is unfinished goes back to the queue. Press Ctrl-C again to end without waiting for that.'),
);

const result = await runLocally(options, interrupted, tell);
const { summary } = result;
const text = values.json ? `${jsonText(summary)}\n` : renderSummary(result, shown(result.tableFile), process.stdout);
process.stdout.write(text, () => process.exit(summary.ok ? 0 : 1));

function readOptions(): RunOptions {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const folder = values.logs === undefined ? undefined : readFolder(values.logs);
  return {
    root,
    work,
    version,
    trail: folder === undefined ? generatedTrail() : { folder },
    serve: values.serve ?? false,
    quiet: values.json ?? false,
    ...(values.out !== undefined && { out: readOut(values.out, folder) }),
    ...(values.now !== undefined && { now: readNow(values.now) }),
    ...(values.table !== undefined && { table: readTable(values.table) }),
    ...(values.break !== undefined && { break: readBreak(values.break) }),
  };
}

function claimWork(): void {
  const problem = claimWorkFolder(work, { isDefault: values.work === undefined });
  if (problem !== undefined) refuse(problem);
}

function readFolder(logs: string): string {
  for (const flag of ['files', 'seed'] as const) {
    if (values[flag] !== undefined) refuse(`--${flag} is about the generated trail, which --logs replaces`);
  }
  if (!existsSync(logs)) refuse(`--logs must be a folder; there is no "${logs}"`);
  if (!statSync(logs).isDirectory()) refuse(`--logs must be a folder; "${logs}" is a file`);
  const folder = realpathSync(logs);
  if (folder === work || folder.startsWith(`${work}/`)) {
    refuse(`--logs must not be in ${work}, which this command empties; move the files elsewhere`);
  }
  return folder;
}

/** Made here, so that a place that cannot be written is refused before anything runs. */
function readOut(out: string, logs: string | undefined): string {
  if (out === '-')
    refuse('--out must be a file; the rows of files go to standard output with "npm run -s map -- FILE"');
  const path = resolve(out);
  if (logs !== undefined && path.startsWith(`${logs}/`) && /\.(json|gz)$/i.test(path)) {
    refuse(`--out must not look like one of the log files it is made from; got "${out}"`);
  }
  if (!existsSync(dirname(path))) refuse(`--out must be in a folder that exists; make "${dirname(path)}" first`);
  if (existsSync(path) && !statSync(path).isFile()) {
    refuse(`--out must be a file; "${out}" is ${statSync(path).isDirectory() ? 'a folder' : 'a device or a pipe'}`);
  }
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    refuse(`--out must be a file that can be written; got "${out}": ${systemReason(error)}`);
  }
  return realpathSync(path);
}

function readNow(now: string): number {
  const time = Date.parse(now);
  if (Number.isNaN(time)) refuse(`--now must be an ISO time such as 2026-11-01T12:00:00Z; got "${now}"`);
  return time;
}

function generatedTrail(): RunOptions['trail'] {
  return { files: wholeNumber('start', 'files', values.files ?? '1000', 1), seed: values.seed ?? '1' };
}

function readTable(name: string): EventTable {
  const found = eventTables.find((each) => each === name);
  return found ?? refuse(`--table must be one of ${eventTables.join(', ')}; got "${name}"`);
}

function readBreak(name: string): NonNullable<RunOptions['break']> {
  if (isBreakName(name)) return name;
  return refuse(`--break must be one of ${Object.keys(breaks).join(', ')} or list; got "${name}"`);
}

function refuse(problem: string): never {
  return refuseUsage('start', problem);
}

function tell(line: string): void {
  process.stderr.write(`${process.stderr.isTTY ? clearLine : ''}${shownLines(line)}\n`);
}

function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}
