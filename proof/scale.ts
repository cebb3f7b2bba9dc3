import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommand, wholeNumber } from '../cli/commandLine.ts';
import { aborted, interruptSignal } from '../cli/process/interrupt.ts';
import { startCloudsProcess } from '../local/process/clouds/start.ts';
import { boundsOf } from '../shared/settings/bounds.ts';
import { type Measurement, measure } from './scale/measure.ts';

const { values } = parseCommand({
  name: 'scale',
  summary:
    'Measures how draining scales: several processes over one queue of tiny log files, beside one process alone.',
  options: {
    processes: { type: 'string', value: 'N', help: 'how many drainers at once (default 4)' },
    objects: { type: 'string', value: 'M', help: 'how many log files, of one record each (default 2000)' },
    'in-flight': { type: 'string', value: 'K', help: 'log files each process reads at once (default 8)' },
    latency: { type: 'string', value: 'MS', help: 'delay of every answer, in milliseconds (default 50)' },
    json: { type: 'boolean', help: 'print the figures as one JSON object on standard output' },
  },
  notes:
    'On one machine all processes share its cores; the latency stands for the network, whose waiting can be shared.\nExit codes: 0 every record arrived exactly once and every message was deleted, 1 not so, 2 wrong usage.',
});

const processes = wholeNumber('scale', 'processes', values.processes ?? '4', 1);
const objects = wholeNumber('scale', 'objects', values.objects ?? '2000', 1);
const inFlight = wholeNumber('scale', 'in-flight', values['in-flight'] ?? '8', ...boundsOf('OBJECTS_IN_FLIGHT'));
const latencyMs = wholeNumber('scale', 'latency', values.latency ?? '50', 0);

const interrupted = interruptSignal(() => tell('Ending: what was measured so far follows.'));
const folder = await mkdtemp(join(tmpdir(), 'connector-scale-'));
const clouds = await startCloudsProcess({ folder: join(folder, 'clouds'), mode: 'keep', rate: 'unlimited' });
const environment = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(folder, 'compiled') };
const shared = { clouds, environment, folder: join(folder, 'files'), objects };
const restricted = { latencyMs, settings: { OBJECTS_IN_FLIGHT: String(inFlight), LONG_POLL_SECONDS: '1' } };
const measured: Measurement[] = [];
try {
  await Promise.race([measureAll(), aborted(interrupted)]);
  const [several, one, free] = measured;
  if (several !== undefined && one !== undefined && free !== undefined) report(several, one, free);
  else reportSoFar();
} finally {
  await clouds.end();
  await rm(folder, { recursive: true, force: true });
}
process.exit();

async function measureAll(): Promise<void> {
  tell(`${processes} processes, ${objects} log files, ${inFlight} at once each, ${latencyMs} ms latency ...`);
  measured.push(await measure({ ...shared, ...restricted, processes, seed: 'several' }));
  tell('One process, the same ...');
  measured.push(await measure({ ...shared, ...restricted, processes: 1, seed: 'one' }));
  tell('One process, no latency, the settings of production ...');
  measured.push(await measure({ ...shared, settings: {}, latencyMs: 0, processes: 1, seed: 'free' }));
}

/** Interrupted: what is known, and no success. */
function reportSoFar(): void {
  const rates = measured.map(({ objectsPerSecond }) => `${rounded(objectsPerSecond)} log files/s`);
  const names = [`${processes} processes`, '1 process', '1, unrestricted'];
  const lines = rates.map((rate, index) => `${(names[index] ?? '').padEnd(18)}${rate}`);
  const text = values.json
    ? JSON.stringify({ interrupted: true, objectsPerSecond: measured.map((each) => rounded(each.objectsPerSecond)) })
    : [...lines, `interrupted: ${measured.length} of 3 measurements were made`].join('\n');
  process.stdout.write(`${text}\n`);
  process.exitCode = 1;
}

function report(several: Measurement, one: Measurement, free: Measurement): void {
  const all = [several, one, free];
  const lost = all.reduce((sum, each) => sum + each.lost, 0);
  const duplicated = all.reduce((sum, each) => sum + each.duplicated, 0);
  const messagesLeft = all.reduce((sum, each) => sum + each.messagesLeft, 0);
  const speedup = several.objectsPerSecond / one.objectsPerSecond;
  const figures = {
    ...{ processes, objects, inFlight, latencyMs },
    objectsPerSecond: rounded(several.objectsPerSecond),
    objectsPerSecondOfOne: rounded(one.objectsPerSecond),
    speedup: rounded(speedup),
    objectsPerSecondUnrestricted: rounded(free.objectsPerSecond),
    ...{ lost, duplicated, messagesLeft },
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(figures)}\n`
      : [
          `${processes} processes       ${figures.objectsPerSecond} log files/s (${figures.speedup} times one)`,
          `1 process         ${figures.objectsPerSecondOfOne} log files/s`,
          `1, unrestricted   ${figures.objectsPerSecondUnrestricted} log files/s without latency`,
          `records lost      ${lost}`,
          `rows there twice  ${duplicated}`,
          `messages left     ${messagesLeft}`,
          '',
        ].join('\n'),
  );
  if (messagesLeft > 0)
    tell('scale: messages stayed in the queue or became dead letters: their log files would be delivered again');
  process.exitCode = lost === 0 && duplicated === 0 && messagesLeft === 0 ? 0 : 1;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
