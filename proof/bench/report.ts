import { table } from '../../cli/table.ts';
import type { Comparison } from './compareRows.ts';
import type { DataSet } from './dataSets.ts';
import type { Demand } from './demands.ts';
import type { Drained, EndToEnd } from './endToEnd/endToEnd.ts';
import type { Machine } from './machine.ts';
import { nameOf, type Result } from './measure.ts';
import type { Run } from './runDesign.ts';
import { type Spread, spread } from './statistics.ts';

/** Everything a benchmark run found out. */
export interface BenchReport {
  readonly machine: Machine;
  readonly seconds: number;
  readonly sets: readonly DataSet[];
  readonly results: readonly Result[];
  readonly comparisons: readonly (Comparison & { readonly set: string })[];
  readonly endToEnd: EndToEnd | undefined;
  readonly demands: readonly Demand[];
}

/** One contender over one set in figures a person compares. Bytes are of uncompressed log files unless said. */
export interface ResultSummary {
  readonly set: string;
  readonly contender: string;
  readonly design: string;
  readonly level: number;
  readonly cores: number;
  readonly passes: number;
  readonly rounds: number;
  readonly cpuMs: Spread;
  readonly wallMs: Spread;
  /** Megabytes per second of CPU time. */
  readonly megabytesPerCpuSecond: Spread;
  readonly megabytesPerSecond: Spread;
  readonly recordsPerCpuSecond: Spread;
  readonly recordsPerSecond: Spread;
  readonly maxRssMegabytes: Spread;
  /** The longest the event loop did nothing else; not known of Python. */
  readonly stallMs: Spread | undefined;
  readonly rows: number;
  readonly bodies: number;
  readonly bodyBytes: number;
  readonly sentBytes: number;
  readonly largestBody: number;
}

/** What `--json` prints: medians and spreads, and every run as it was measured. */
export function summarize(report: BenchReport): object {
  const sets = report.sets.map(({ folder: _folder, ...set }) => set);
  return {
    machine: report.machine,
    seconds: Math.round(report.seconds),
    sets,
    results: report.results.map((result) => ({
      ...summarizeResult(result, report),
      runs: result.runs,
    })),
    comparisons: report.comparisons,
    endToEnd: report.endToEnd,
    demands: report.demands,
  };
}

/** The same for people. */
export function formatReport(report: BenchReport): string {
  const { machine } = report;
  const lines = [
    `Node ${machine.node}, ${machine.platform}, ${machine.cores} cores (${machine.cpu}), ${
      machine.pinned ? 'each run held to its cores' : 'runs not held to cores'
    }, ${machine.python ?? 'no Python'}, load ${machine.loadBefore.toFixed(2)} before, ${machine.loadAfter.toFixed(2)} after`,
  ];
  for (const set of report.sets) {
    lines.push('', describeSet(set));
    const rows = report.results
      .filter((result) => result.set === nameOf(set, result.passes))
      .map((each) => summarizeResult(each, report));
    if (rows.length === 0) continue;
    lines.push(
      ...table(
        [
          '',
          'CPU ms (min-max)',
          'MB/CPU s',
          'wall ms (min-max)',
          'MB/s',
          'records/s',
          'peak MB',
          'stall ms',
          'bodies',
          'MB sent',
        ],
        rows.map((row) => [
          row.passes === 1 ? row.contender : `${row.contender} x ${row.passes}`,
          ranged(row.cpuMs),
          row.megabytesPerCpuSecond.median.toFixed(1),
          ranged(row.wallMs),
          row.megabytesPerSecond.median.toFixed(1),
          whole(row.recordsPerSecond.median),
          whole(row.maxRssMegabytes.median),
          row.stallMs === undefined ? '' : whole(row.stallMs.median),
          String(row.bodies),
          (row.sentBytes / 1e6).toFixed(1),
        ]),
      ),
    );
  }
  if (report.endToEnd !== undefined) lines.push('', ...endToEndTable(report.endToEnd));
  if (report.demands.length > 0) {
    lines.push('', 'Demands');
    lines.push(
      ...table(
        ['', 'value (min-max)', 'demand', 'met', ''],
        report.demands.map((each) => [
          each.name,
          `${each.value} (${each.min}-${each.max})`,
          each.demand,
          each.ok ? 'yes' : 'NO',
          each.about,
        ]),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

function summarizeResult(result: Result, report: BenchReport): ResultSummary {
  const { contender, passes, runs } = result;
  const over = (figure: (run: Run) => number) => spread(runs.map(figure));
  const [run] = runs;
  if (run === undefined) throw new RangeError(`${contender.name} was not run on ${result.set}`);
  const set = report.sets.find((each) => nameOf(each, passes) === result.set);
  const records = (set?.records ?? 0) * passes;
  return {
    set: result.set,
    contender: contender.name,
    design: contender.design,
    level: contender.level,
    cores: contender.cores,
    passes,
    rounds: runs.length,
    cpuMs: over(({ cpuMs }) => cpuMs),
    wallMs: over(({ wallMs }) => wallMs),
    megabytesPerCpuSecond: over(({ bytesIn, cpuMs }) => bytesIn / cpuMs / 1000),
    megabytesPerSecond: over(({ bytesIn, wallMs }) => bytesIn / wallMs / 1000),
    recordsPerCpuSecond: over(({ cpuMs }) => (records / cpuMs) * 1000),
    recordsPerSecond: over(({ wallMs }) => (records / wallMs) * 1000),
    maxRssMegabytes: over(({ maxRssBytes }) => maxRssBytes / 1e6),
    stallMs: runs.some(({ stallMs }) => stallMs === undefined) ? undefined : over(({ stallMs = 0 }) => stallMs),
    rows: run.rows,
    bodies: run.bodies,
    bodyBytes: run.bodyBytes,
    sentBytes: run.sentBytes,
    largestBody: run.largestBody,
  };
}

function ranged({ median, min, max }: Spread): string {
  return `${whole(median)} (${whole(min)}-${whole(max)})`;
}

function endToEndTable({ oneRule, fourRules, latencies }: EndToEnd): string[] {
  const rows: readonly (readonly [string, Drained])[] = [
    ['one rule, 150 ms', oneRule],
    ['four rules, 150 ms', fourRules],
    ...latencies.map((each) => [`small files, ${each.latencyMs} ms`, each] as const),
  ];
  return [
    'End to end',
    ...table(
      [
        '',
        'MB of rows/s',
        'objects/s',
        'records/s',
        'reads in flight',
        'uploads in flight',
        'refused',
        'peak MB',
        'CPU s/GB',
        'clouds CPU s/GB',
        'uploads/GB',
        'AWS requests/GB',
        'storage requests/GB',
      ],
      rows.map(([name, drained]) => [
        name,
        drained.megabytesOfRowsPerSecond.toFixed(1),
        whole(drained.objectsPerSecond),
        whole(drained.recordsPerSecond),
        drained.readsInFlight.toFixed(1),
        whole(drained.mostUploadsInFlight),
        whole(drained.uploadsRefused),
        whole(drained.connectorPeakMegabytes),
        drained.perGigabyteOfRows.cpuSeconds.toFixed(1),
        drained.perGigabyteOfRows.cloudsCpuSeconds.toFixed(1),
        whole(drained.perGigabyteOfRows.uploads),
        whole(drained.perGigabyteOfRows.awsRequests),
        whole(drained.perGigabyteOfRows.storageRequests),
      ]),
    ),
  ];
}

function describeSet(set: DataSet): string {
  const records = Math.round(set.bytes / set.records);
  return `${set.name}: ${set.about}; ${set.files} files, ${set.records} records of ${records} bytes, ${megabytes(set.bytes)}, ${megabytes(set.gzippedBytes)} compressed`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function whole(value: number): string {
  return String(Math.round(value));
}
