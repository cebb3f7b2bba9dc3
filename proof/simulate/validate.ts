import { drainerOf, sizesOf } from './drainer.ts';
import { embeddedClouds, ruleLimit } from './facts.ts';
import { type Scenario, scenarioOf } from './scenario.ts';

/** One figure of the end-to-end benchmark beside the model's. */
export interface Comparison {
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  readonly modelled: number;
  /** The model's over the measured one. */
  readonly ratio: number;
  readonly isWithin: boolean;
  /** What the model says the benchmark was limited by. */
  readonly limitedBy: string;
}

/** The model may be off by so much, either way. */
export const mostOff = 1.5;

/** The part of what `npm run -s bench -- --json` prints that is looked at. */
interface BenchResult {
  readonly machine: { readonly cores: number };
  readonly sets: readonly BenchSet[];
  readonly endToEnd: {
    readonly oneRule: BenchDrained;
    readonly fourRules: BenchDrained;
    readonly latencies: readonly SmallFilesDrained[];
  };
}

interface BenchSet {
  readonly name: string;
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

interface BenchDrained {
  readonly objectsPerSecond: number;
  readonly recordsPerSecond: number;
  readonly megabytesOfRowsPerSecond: number;
}

interface SmallFilesDrained extends BenchDrained {
  readonly latencyMs: number;
}

/** What small files are drained with: a model that is compared with less is not compared. */
const smallFilesLatenciesMs = [0, 20, 150] as const;

/** Added to each call of S3 and of the ingestion endpoint while the sets of large files are drained; see bench/endToEnd/. */
const largeFilesLatencyMs = 150;

/**
 * Model against benchmark. There the connector, the embedded clouds and their storage share one machine, so its processor
 * time bounds them together. @throws RangeError when the file is not such a result
 */
export function compare(text: string): Comparison[] {
  const { endToEnd, machine, sets } = readResult(text);
  const tiny = setNamed(sets, 'tiny');
  const mid = setNamed(sets, 'mid');
  const comparisons = endToEnd.latencies.map((measured) => {
    const { filesPerSecond, limitedBy } = onOneMachine(scenarioOfSet(tiny, measured.latencyMs, 1), machine.cores);
    const isReal = measured.recordsPerSecond > 0;
    return comparison(
      `small files, ${measured.latencyMs} ms`,
      'objects/s',
      isReal ? measured.objectsPerSecond : 0,
      filesPerSecond,
      limitedBy,
    );
  });
  for (const [what, rules, measured] of [
    ['large files, one rule', 1, endToEnd.oneRule],
    ['large files, four rules', 4, endToEnd.fourRules],
  ] as const) {
    const scenario = scenarioOfSet(mid, largeFilesLatencyMs, rules);
    const { filesPerSecond, limitedBy } = onOneMachine(scenario, machine.cores);
    const megabytes = (filesPerSecond * scenario.recordsPerFile * sizesOf(scenario).rowBytes) / 1e6;
    const quota = (rules * ruleLimit.bytesPerMinute) / 60e6;
    const isQuota = quota < megabytes;
    comparisons.push(
      comparison(
        what,
        'MB of rows/s',
        measured.megabytesOfRowsPerSecond,
        Math.min(megabytes, quota),
        isQuota ? 'bytes a minute of the rules' : limitedBy,
      ),
    );
  }
  return comparisons;
}

function comparison(what: string, unit: string, measured: number, modelled: number, limitedBy: string): Comparison {
  const ratio = measured > 0 ? modelled / measured : Number.POSITIVE_INFINITY;
  return { what, unit, measured, modelled, ratio, isWithin: ratio <= mostOff && ratio >= 1 / mostOff, limitedBy };
}

function scenarioOfSet(set: BenchSet, latencyMs: number, rules: number): Scenario {
  const { answerMs } = embeddedClouds;
  return scenarioOf({
    recordsPerFile: set.records / set.files,
    recordBytes: set.bytes / set.records,
    gzipRatio: set.bytes / set.gzippedBytes,
    latencyMs: latencyMs + answerMs,
    ingestionLatencyMs: latencyMs + answerMs,
    queueLatencyMs: answerMs,
    storageLatencyMs: answerMs,
    megabitsPerSecond: 100_000,
    rules,
  });
}

/** The drainer, unless the machine is busy first with it and what it drains. */
function onOneMachine(scenario: Scenario, cores: number): { filesPerSecond: number; limitedBy: string } {
  const drainer = drainerOf({ ...scenario, cores });
  const rowMegabytes = (scenario.recordsPerFile * sizesOf(scenario).rowBytes) / 1e6;
  const cloudsSeconds = (embeddedClouds.objectMs + embeddedClouds.rowsMsPerMegabyte * rowMegabytes) / 1000;
  const aroundSeconds = cloudsSeconds + embeddedClouds.storageObjectMs / 1000;
  const ofMachine = cores / (drainer.cpuSecondsPerFile + aroundSeconds);
  // The clouds have one thread for JavaScript, too.
  const ofClouds = 1 / cloudsSeconds;
  const [tightest] = drainer.bounds;
  const filesPerSecond = Math.min(drainer.filesPerSecond, ofMachine, ofClouds);
  if (filesPerSecond === ofMachine) return { filesPerSecond, limitedBy: 'the machine, with the clouds on it' };
  if (filesPerSecond === ofClouds) return { filesPerSecond, limitedBy: 'the embedded clouds' };
  return { filesPerSecond, limitedBy: tightest.name };
}

function readResult(text: string): BenchResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RangeError(`the file is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const cores = numberAt(value, 'machine', 'cores');
  const sets = listAt(value, 'sets').map((set) => ({
    name: String(at(set, 'name')),
    files: numberAt(set, 'files'),
    records: numberAt(set, 'records'),
    bytes: numberAt(set, 'bytes'),
    gzippedBytes: numberAt(set, 'gzippedBytes'),
  }));
  const endToEnd = at(value, 'endToEnd');
  const measured = listAt(endToEnd, 'latencies').map((each) => ({
    ...drainedOf(each),
    latencyMs: numberAt(each, 'latencyMs'),
  }));
  const latencies = smallFilesLatenciesMs.map(
    (ms) => measured.find(({ latencyMs }) => latencyMs === ms) ?? refuseWithout(`small files at ${ms} ms`),
  );
  const oneRule = drainedOf(at(endToEnd, 'oneRule') ?? refuseWithout('large files with one rule'));
  const fourRules = drainedOf(at(endToEnd, 'fourRules') ?? refuseWithout('large files with four rules'));
  return { machine: { cores }, sets, endToEnd: { latencies, oneRule, fourRules } };
}

function refuseWithout(what: string): never {
  throw new RangeError(`the file holds no end-to-end figure of ${what}: run the whole benchmark, without --set`);
}

function drainedOf(value: unknown): BenchDrained {
  return {
    objectsPerSecond: numberAt(value, 'objectsPerSecond'),
    recordsPerSecond: numberAt(value, 'recordsPerSecond'),
    megabytesOfRowsPerSecond: numberAt(value, 'megabytesOfRowsPerSecond'),
  };
}

function setNamed(sets: readonly BenchSet[], name: string): BenchSet {
  const quick = `quick${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const set = sets.find((each) => each.name === name) ?? sets.find((each) => each.name === quick);
  if (set === undefined) throw new RangeError(`the file holds no set named ${name}: run the whole benchmark`);
  return set;
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const list = at(value, name);
  if (!Array.isArray(list))
    throw new RangeError(`the file holds no list "${name}": is it what npm run bench -- --json prints?`);
  return list;
}

function numberAt(value: unknown, ...path: readonly string[]): number {
  const found = path.reduce(at, value);
  if (typeof found !== 'number') throw new RangeError(`the file holds no number "${path.join('.')}"`);
  return found;
}
