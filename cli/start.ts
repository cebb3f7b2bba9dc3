import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { summariseTable } from '../local/azure/table.ts';
import { breaks, isBreakName } from '../local/breaks.ts';
import { parseCommand, refuseUsage } from './commandLine.ts';
import { type RunOptions, runLocally } from './start/runLocally.ts';
import { renderSummary } from './start/summary.ts';

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
    files: { type: 'string', value: 'N', help: 'how many log files to generate (default 1000)' },
    seed: { type: 'string', value: 'SEED', help: 'seed of the generated trail (default 1)' },
    now: { type: 'string', value: 'ISO', help: 'fixes the time of reception, for example 2026-11-01T12:00:00Z' },
    serve: { type: 'boolean', help: 'keep everything running until Ctrl-C' },
    break: { type: 'string', value: 'NAME', help: 'provoke one misconfiguration; "list" names them' },
    json: { type: 'boolean', help: 'print nothing but the summary, as one JSON object, on standard output' },
  },
  notes:
    'Pids and endpoints are in .local/run.json while it runs.\nExit codes: 0 everything arrived, 1 something failed or was left, 2 wrong usage.',
});

const root = join(import.meta.dirname, '..');

if (values.break === 'list') {
  for (const [name, what] of Object.entries(breaks)) console.log(`${name.padEnd(12)} ${what}`);
  process.exit(0);
}

const options = readOptions();
const interrupted = new AbortController();
process.on('SIGINT', () => interrupted.abort());
process.on('SIGTERM', () => interrupted.abort());

const result = await runLocally(options, interrupted.signal, tell);
if (values.json) {
  process.stdout.write(`${JSON.stringify(result.summary)}\n`);
} else {
  const { eventNames } = await summariseTable(result.tableFile, 10);
  process.stdout.write(renderSummary(result.summary, result, { table: shown(result.tableFile), eventNames }));
}
process.exit(result.summary.ok ? 0 : 1);

function readOptions(): RunOptions {
  if (values.logs !== undefined && !(existsSync(values.logs) && statSync(values.logs).isDirectory())) {
    refuseUsage('start', `--logs must be a folder; got "${values.logs}"`);
  }
  if (values.break !== undefined && !isBreakName(values.break)) {
    refuseUsage('start', `--break must be one of ${Object.keys(breaks).join(', ')} or list; got "${values.break}"`);
  }
  const now = values.now === undefined ? undefined : Date.parse(values.now);
  if (now !== undefined && Number.isNaN(now)) refuseUsage('start', `--now must be an ISO time; got "${values.now}"`);
  const files = Number(values.files ?? 1000);
  if (!Number.isInteger(files) || files < 1)
    refuseUsage('start', `--files must be a whole number above 0; got "${values.files}"`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    root,
    version,
    trail: values.logs === undefined ? { files, seed: values.seed ?? '1' } : { folder: resolve(values.logs) },
    serve: values.serve ?? false,
    quiet: values.json ?? false,
    ...(values.out !== undefined && { out: resolve(values.out) }),
    ...(now !== undefined && { now }),
    ...(values.break !== undefined && isBreakName(values.break) && { break: values.break }),
  };
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function shown(path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
