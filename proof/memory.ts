import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommand, wholeNumber } from '../cli/commandLine.ts';
import { startClouds } from '../local/clouds.ts';
import { systemClock } from '../shared/kit/systemClock.ts';
import { type Shape, shapes } from './memory/announcements.ts';
import { largeFiles, type Prepared, smallFiles } from './memory/cases.ts';
import { drainLimited, type LimitedDrain } from './memory/drainLimited.ts';

const { values } = parseCommand({
  name: 'memory',
  summary:
    'Drains with one instance that has little memory: many small log files, and large ones in each shape of announcement.',
  options: {
    limit: { type: 'string', value: 'MB', help: 'memory of the instance (default 512)' },
    unlimited: { type: 'boolean', help: 'measure without a limit, where no memory cgroup can be made' },
    small: { type: 'string', value: 'N', help: 'how many small log files (default 20000)' },
    large: { type: 'string', value: 'N', help: 'how many large log files in each shape (default 64)' },
    megabytes: { type: 'string', value: 'MB', help: 'JSON of a large log file (default 50)' },
    slice: { type: 'string', value: 'S', help: 'seconds of a slice over large files (default 60)' },
    json: { type: 'boolean', help: 'print the figures as one JSON object on standard output' },
  },
  notes: [
    'The instance lives in a memory cgroup: whoever passes the limit is killed by the kernel. That needs root.',
    'Exit codes: 0 no crash, every record accepted, every slice deleted something, 1 not so, 2 wrong usage.',
  ].join('\n'),
});

const limitMb = wholeNumber('memory', 'limit', values.limit ?? '512', 64);
const small = wholeNumber('memory', 'small', values.small ?? '20000', 0);
const large = wholeNumber('memory', 'large', values.large ?? '64', 0);
const megabytes = wholeNumber('memory', 'megabytes', values.megabytes ?? '50', 1);
const sliceSeconds = wholeNumber('memory', 'slice', values.slice ?? '60', 10);
const limitBytes = values.unlimited ? undefined : limitMb * 2 ** 20;
const boundMs = 1_800_000;

interface Result extends LimitedDrain {
  readonly name: string;
  readonly records: number;
  readonly ok: boolean;
}

const folder = await mkdtemp(join(tmpdir(), 'connector-memory-'));
const results: Result[] = [];
try {
  if (small > 0) await tried(`${small} small files`, (clouds) => smallFiles(clouds, small), {});
  for (const shape of large > 0 ? (Object.keys(shapes) as Shape[]) : []) {
    const settings = { SLICE_SECONDS: String(sliceSeconds), STOP_RECEIVING_SECONDS: '5' };
    const bytes = megabytes * 1_000_000;
    await tried(
      `${large} files of ${megabytes} MB, ${shape}`,
      (clouds) => largeFiles(clouds, { count: large, bytes, shape, folder }),
      settings,
    );
  }
} catch (error) {
  process.stderr.write(`memory: ${error instanceof Error ? error.message : String(error)}\n`);
  await rm(folder, { recursive: true, force: true });
  process.exit(1);
}
await rm(folder, { recursive: true, force: true });
const isOk = results.every(({ ok }) => ok);
if (values.json)
  process.stdout.write(`${JSON.stringify({ limitMb: values.unlimited ? null : limitMb, ok: isOk, results })}\n`);
process.exit(isOk ? 0 : 1);

type Running = Awaited<ReturnType<typeof startClouds>>;

/** In clouds of its own, so that nothing is left of the case before. */
async function tried(
  name: string,
  prepare: (clouds: Running) => Promise<Prepared>,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  process.stderr.write(`${name} ...\n`);
  const clouds = await startClouds({
    folder: join(folder, 'clouds'),
    clock: systemClock,
    mode: 'count',
    rate: 'unlimited',
  });
  try {
    const { messageIds, records } = await prepare(clouds);
    const environment = { PATH: process.env['PATH'] };
    const drained = await drainLimited({ clouds, messageIds, environment, settings, limitBytes, boundMs });
    const { crashed, deadLetters, fewestDeletedInSlice, messagesLeft, rowsAccepted } = drained;
    const ok =
      crashed === undefined &&
      messagesLeft === 0 &&
      deadLetters === 0 &&
      rowsAccepted >= records &&
      fewestDeletedInSlice !== 0;
    results.push({ name, records, ok, ...drained });
    tell(results.at(-1));
  } finally {
    await clouds.stop();
  }
}

function tell(result: Result | undefined): void {
  if (result === undefined) return;
  const { crashed, fewestDeletedInSlice, mostOvertaken, name, ok, peakBytes, records, rowsAccepted, seconds, slices } =
    result;
  const lines = [
    `${ok ? 'ok     ' : 'BREACH '} ${name}`,
    `        peak ${Math.round(peakBytes / 1e6)} MB, ${seconds.toFixed(1)} s, ${slices} slices, ${rowsAccepted} of ${records} rows`,
    ...(fewestDeletedInSlice === undefined
      ? []
      : [`        a slice that was cut off deleted at least ${fewestDeletedInSlice} messages`]),
    `        no message was overtaken by more than ${mostOvertaken}`,
    ...(crashed === undefined ? [] : [`        the instance ended by itself: ${crashed}`]),
  ];
  (values.json ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
}
