import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseCommand, refuseUsage } from '../cli/commandLine.ts';
import { parseNotification } from '../shared/cloudtrail/announcing/notification.ts';
import { hostileFiles, ordinary } from './hostile/cases.ts';
import { type Measured, measureFile, measureMessage } from './hostile/measure.ts';
import { hostileMessages } from './hostile/messages.ts';
import { hostileNames as names, usual } from './hostile/names.ts';

const { values } = parseCommand({
  name: 'hostile',
  summary: 'Reads log files and messages that were made to hold up whoever reads them, and says what each costs.',
  options: {
    only: { type: 'string', value: 'NAME', help: 'one case' },
    json: { type: 'boolean', help: 'print the figures as one JSON object on standard output' },
    write: { type: 'boolean', help: 'write the table of docs/performance.md' },
    inside: { type: 'boolean', help: 'measure the one case in this process' },
  },
  notes:
    'Bounds: no turn of the event loop over 50 ms of processor time, and no byte ten times as costly as those of usual records.\nExit codes: 0 all bounds kept, 1 a breach, 2 wrong usage.',
});

const mostStallMs = 50;
const mostTimes = 10;
if (values.only !== undefined && !names.includes(values.only)) {
  refuseUsage('hostile', `--only must be one of: ${names.join('; ')}; got "${values.only}"`);
}

if (values.inside && values.only !== undefined) {
  process.stdout.write(`${JSON.stringify(await measureOne(values.only))}\n`);
} else {
  process.exitCode = await measureAll();
}

/** Each in a process of its own, so that its memory is its own. */
async function measureAll(): Promise<number> {
  const wanted = values.only === undefined ? names : [...new Set([usual, values.only])];
  const results: { name: string; figures: Measured; breaches: string[] }[] = [];
  for (const name of wanted) {
    const args = [import.meta.filename, '--inside', '--only', name];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 20 });
    const figures = JSON.parse(stdout) as Measured;
    const floor = (results[0]?.figures ?? figures).megabytesPerSecond / mostTimes;
    const breaches: string[] = [];
    if (figures.longestStallMs > mostStallMs) breaches.push(`stall of ${figures.longestStallMs.toFixed(0)} ms`);
    if (figures.megabytesPerSecond < floor && !isMessage(name)) breaches.push(`below ${floor.toFixed(0)} MB/s`);
    results.push({ name, figures, breaches });
    process.stderr.write(`${row(name, figures)} ${breaches.join(', ')}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ cases: results })}\n`);
  if (values.write)
    writeTable(results.map(({ name, figures, breaches }) => `${row(name, figures)} ${breaches.join(', ')} |`));
  return results.some(({ breaches }) => breaches.length > 0) ? 1 : 0;
}

function measureOne(name: string): Promise<Measured> {
  const message = hostileMessages[name.replace(/^message: /, '')];
  if (isMessage(name) && message !== undefined) return measureMessage(parseNotification, message());
  return measureFile((hostileFiles[name] ?? ordinary)());
}

function isMessage(name: string): boolean {
  return name.startsWith('message: ');
}

function row(name: string, { megabytesPerSecond, longestStallMs, peakMegabytes, refused }: Measured): string {
  const told = refused === undefined ? '' : refused.replaceAll('|', ' ').slice(0, 60);
  return `| ${name} | ${megabytesPerSecond.toFixed(0)} | ${longestStallMs.toFixed(0)} | ${peakMegabytes.toFixed(0)} | ${told} |`;
}

function writeTable(rows: readonly string[]): void {
  const file = join(import.meta.dirname, '../docs/performance.md');
  const [begin, end] = ['<!-- hostile: begin -->', '<!-- hostile: end -->'];
  const text = readFileSync(file, 'utf8');
  const head = [
    '| case | MB/s | longest stall, ms | peak memory, MB | refused | bound missed |',
    '|--|--|--|--|--|--|',
  ];
  const table = [begin, ...head, ...rows, end].join('\n');
  writeFileSync(
    file,
    text.replace(new RegExp(`${begin}[^]*${end}`), () => table),
  );
}
