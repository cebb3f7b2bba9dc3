import type { BenchReport } from './bench.ts';
import type { DataSet } from './dataSets.ts';
import type { Result } from './measure.ts';
import type { Run } from './runDesign.ts';
import { type Spread, spread, spreadOfRatios } from './statistics.ts';

/** One contender over one set in figures a person compares. Bytes are of uncompressed log files unless said. */
export interface ResultSummary {
  readonly set: string;
  readonly contender: string;
  readonly design: string;
  readonly level: number;
  readonly rounds: number;
  readonly cpuMs: Spread;
  readonly wallMs: Spread;
  /** Megabytes per second of CPU time. */
  readonly megabytesPerCpuSecond: Spread;
  readonly megabytesPerSecond: Spread;
  readonly recordsPerCpuSecond: Spread;
  readonly maxRssMegabytes: Spread;
  /** CPU time of the set's first contender over this one's, round by round. */
  readonly timesFirst: Spread;
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
    sets,
    results: report.results.map((result) => ({
      ...summarizeResult(result, report),
      runs: result.runs,
    })),
    demands: report.demands,
  };
}

/** The same for people. */
export function formatReport(report: BenchReport): string {
  const { machine } = report;
  const lines = [
    `Node ${machine.node}, ${machine.platform}, ${machine.cores} cores (${machine.cpu}), ${
      machine.pinned ? 'each run pinned to one core' : 'runs not pinned'
    }, load ${machine.loadBefore.toFixed(2)} before, ${machine.loadAfter.toFixed(2)} after`,
  ];
  for (const set of report.sets) {
    lines.push('', describeSet(set));
    const rows = report.results
      .filter((result) => result.set === set.name)
      .map((each) => summarizeResult(each, report));
    lines.push(
      ...table(
        ['', 'CPU ms (min-max)', 'MB/CPU s', 'records/CPU s', 'x first', 'wall ms', 'peak MB', 'bodies', 'MB sent'],
        rows.map((row) => [
          row.contender,
          `${whole(row.cpuMs.median)} (${whole(row.cpuMs.min)}-${whole(row.cpuMs.max)})`,
          row.megabytesPerCpuSecond.median.toFixed(1),
          whole(row.recordsPerCpuSecond.median),
          `${row.timesFirst.median.toFixed(2)} (${row.timesFirst.min.toFixed(2)}-${row.timesFirst.max.toFixed(2)})`,
          whole(row.wallMs.median),
          whole(row.maxRssMegabytes.median),
          String(row.bodies),
          (row.sentBytes / 1e6).toFixed(1),
        ]),
      ),
    );
  }
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
  const { contender, runs } = result;
  const first = report.results.find(({ set }) => set === result.set) ?? result;
  const over = (figure: (run: Run) => number) => spread(runs.map(figure));
  const [run] = runs;
  if (run === undefined) throw new RangeError(`${contender.name} was not run on ${result.set}`);
  const records = report.sets.find(({ name }) => name === result.set)?.records ?? 0;
  return {
    set: result.set,
    contender: contender.name,
    design: contender.design,
    level: contender.level,
    rounds: runs.length,
    cpuMs: over(({ cpuMs }) => cpuMs),
    wallMs: over(({ wallMs }) => wallMs),
    megabytesPerCpuSecond: over(({ bytesIn, cpuMs }) => bytesIn / cpuMs / 1000),
    megabytesPerSecond: over(({ bytesIn, wallMs }) => bytesIn / wallMs / 1000),
    recordsPerCpuSecond: over(({ cpuMs }) => (records / cpuMs) * 1000),
    maxRssMegabytes: over(({ maxRssBytes }) => maxRssBytes / 1e6),
    timesFirst: spreadOfRatios(cpu(first), cpu(result)),
    rows: run.rows,
    bodies: run.bodies,
    bodyBytes: run.bodyBytes,
    sentBytes: run.sentBytes,
    largestBody: run.largestBody,
  };
}

function cpu({ runs }: Result): number[] {
  return runs.map(({ cpuMs }) => cpuMs);
}

function describeSet(set: DataSet): string {
  const records = Math.round(set.bytes / set.records);
  return `${set.name}: ${set.about}; ${set.files} files, ${set.records} records of ${records} bytes, ${megabytes(set.bytes)}, ${megabytes(set.gzippedBytes)} compressed`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function whole(value: number): string {
  return String(Math.round(value));
}
