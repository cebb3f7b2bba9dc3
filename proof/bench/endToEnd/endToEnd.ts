import { setTimeout as delay } from 'node:timers/promises';
import { startAsked } from '../../../local/process/asked.ts';
import type { CloudsLook } from '../../../local/process/clouds/orders.ts';
import { type CloudsProcess, startCloudsProcess } from '../../../local/process/clouds/start.ts';
import type { DataSet } from '../dataSets.ts';
import { burstSeconds, type ConnectorLook, type ConnectorOrder } from './messages.ts';
import { rowsLost } from './rowsLost.ts';

/** The composed connector, ledger and all, draining embedded clouds; its process, theirs and storage's share the machine. */
export interface EndToEnd {
  readonly oneRule: Drained;
  readonly fourRules: Drained;
  /** Small files, as far as latency and the embedded clouds let the connector. */
  readonly latencies: readonly (Drained & { readonly latencyMs: number })[];
  /** The most that any rule took, as a share of what its allowance gives in that time. */
  readonly mostOfQuota: number;
  /** Rows that should be at the endpoint and are not; see rowsLost.ts. */
  readonly rowsLost: number;
}

/** What was measured between two looks. */
export interface Drained {
  readonly seconds: number;
  /** Of rows as uploaded, uncompressed. */
  readonly megabytesOfRowsPerSecond: number;
  readonly objectsPerSecond: number;
  readonly recordsPerSecond: number;
  /** By Little's law, from rate and latency. */
  readonly readsInFlight: number;
  readonly mostUploadsInFlight: number;
  readonly uploadsRefused: number;
  readonly connectorPeakMegabytes: number;
  readonly perGigabyteOfRows: {
    readonly cpuSeconds: number;
    /** What the embedded clouds took of the same processors, storage left out. */
    readonly cloudsCpuSeconds: number;
    readonly awsRequests: number;
    readonly uploads: number;
    readonly storageRequests: number;
  };
  readonly failures: readonly string[];
}

export interface EndToEndOptions {
  /** Where the clouds keep their data. */
  readonly folder: string;
  readonly mid: DataSet;
  readonly tiny: DataSet;
  readonly measuredMs: number;
  /** What one rule takes. */
  readonly bytesPerMinute: number;
  readonly report: (line: string) => void;
}

const connectorScript = new URL('./connectorProcess.ts', import.meta.url);

const latencyMs = 150;
const warmUpMs = 4000;
/** Small files are read at once, and it takes a second or two until they fill a body. */
const shortWarmUpMs = 2500;
/** More than can be drained in the time. */
const smallFilesPerSecond = { 0: 1800, 20: 1500, 150: 600 } as const;

export async function endToEnd(options: EndToEndOptions): Promise<EndToEnd> {
  const { folder, mid, tiny, measuredMs, bytesPerMinute, report } = options;
  const quota = bytesPerMinute / 60e6;
  const clouds = await startCloudsProcess({ folder, mode: 'count', rules: 4, rate: { bytesPerMinute, burstSeconds } });
  try {
    const drained = async (phase: Phase): Promise<Measured> => {
      const measured = await drain(clouds, phase);
      const { megabytesOfRowsPerSecond, objectsPerSecond } = measured.drained;
      report(
        `${phase.about}: ${megabytesOfRowsPerSecond.toFixed(1)} MB of rows/s, ${objectsPerSecond.toFixed(0)} objects/s`,
      );
      return measured;
    };
    const seconds = (warmUpMs + measuredMs) / 1000;
    /** Enough copies for the quota of so many rules. */
    const copies = (rules: number) => Math.ceil((rules * quota * seconds * 1.1) / (mid.bytes / 1e6));
    const shortlyMs = Math.max(1000, measuredMs / 5);
    const steady = (about: string, rules: number): Phase => ({
      ...{ about, rules, quota, latencyMs, warmUpMs, measuredMs },
      ...{ set: mid, files: mid.files, copies: copies(rules) },
    });
    const small = (ms: keyof typeof smallFilesPerSecond): Phase => ({
      ...{ about: `small files, ${ms} ms`, rules: 1, quota, latencyMs: ms },
      ...{ warmUpMs: shortWarmUpMs, measuredMs: shortlyMs, set: tiny, copies: 1 },
      files: Math.min(tiny.files, (smallFilesPerSecond[ms] * (shortWarmUpMs + shortlyMs)) / 1000),
    });
    const phases = [
      steady('one rule, 150 ms', 1),
      steady('four rules, 150 ms', 4),
      ...([0, 20, 150] as const).map(small),
    ];
    const results: Measured[] = [];
    for (const phase of phases) results.push(await drained(phase));
    const [oneRule, fourRules, ...others] = results;
    if (oneRule === undefined || fourRules === undefined) throw new RangeError('there are two phases at least');
    return {
      oneRule: oneRule.drained,
      fourRules: fourRules.drained,
      latencies: others.map(({ drained: each }, index) => ({ latencyMs: phases[index + 2]?.latencyMs ?? 0, ...each })),
      mostOfQuota: Math.max(oneRule.mostOfQuota, fourRules.mostOfQuota),
      rowsLost: results.reduce((sum, { rowsLost: lost }) => sum + lost, 0),
    };
  } finally {
    await clouds.end();
  }
}

interface Phase {
  readonly about: string;
  readonly rules: number;
  /** Of one rule, in megabytes a second. */
  readonly quota: number;
  readonly latencyMs: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly set: DataSet;
  readonly files: number;
  readonly copies: number;
}

interface Measured {
  readonly drained: Drained;
  readonly mostOfQuota: number;
  readonly rowsLost: number;
}

async function drain(clouds: CloudsProcess, phase: Phase): Promise<Measured> {
  const { files, copies, set } = phase;
  await clouds.ask({ kind: 'purge' });
  await clouds.ask({ kind: 'store', folder: set.folder, files, copies });
  await clouds.ask({ kind: 'latency', ms: phase.latencyMs, services: ['s3'] });
  const before = await clouds.ask({ kind: 'announce', objects: files * copies });
  const settings = settingsFor(before.appSettings, phase.rules);
  const connector = await startAsked<ConnectorOrder, ConnectorLook>(connectorScript, [], settings);
  try {
    await connector.ask({ kind: 'drain', settings });
    await delay(phase.warmUpMs);
    const begun = [await clouds.ask({ kind: 'look' }), await connector.ask({ kind: 'look' })] as const;
    await delay(phase.measuredMs);
    const over = [await clouds.ask({ kind: 'look' }), await connector.ask({ kind: 'look' })] as const;
    const total = await connector.ask({ kind: 'stop' });
    const after = await clouds.ask({ kind: 'look' });
    return {
      drained: difference(begun, over, total, phase, over[0].objectsRead - before.objectsRead >= files * copies),
      mostOfQuota:
        Math.max(...over[0].rowBytesOfRules.map((bytes, rule) => bytes - (begun[0].rowBytesOfRules[rule] ?? 0))) /
        (phase.quota * 1e6 * (secondsOf(begun, over) + burstSeconds)),
      rowsLost: rowsLost({ before, after, connector: total, set }),
    };
  } finally {
    await connector.end();
  }
}

function settingsFor(appSettings: Readonly<Record<string, string>>, rules: number): Record<string, string> {
  const ids = appSettings['DCR_IMMUTABLE_IDS'] ?? '';
  return { ...appSettings, DCR_IMMUTABLE_IDS: ids.split(',').slice(0, rules).join(',') };
}

type Looks = readonly [clouds: CloudsLook, connector: ConnectorLook];

function difference(
  begun: Looks,
  over: Looks,
  total: ConnectorLook,
  { latencyMs: latency }: Phase,
  ranOut: boolean,
): Drained {
  const seconds = secondsOf(begun, over);
  const gained = (figure: (look: CloudsLook) => number) => figure(over[0]) - figure(begun[0]);
  const gigabytes = gained(({ rowBytes }) => rowBytes) / 1e9;
  const objectsPerSecond = gained(({ objectsRead }) => objectsRead) / seconds;
  return {
    seconds,
    megabytesOfRowsPerSecond: (gigabytes * 1000) / seconds,
    objectsPerSecond,
    recordsPerSecond: gained(({ rows }) => rows) / seconds,
    readsInFlight: (objectsPerSecond * latency) / 1000,
    mostUploadsInFlight: total.mostUploadsInFlight,
    uploadsRefused: gained(({ uploadsRefused }) => uploadsRefused),
    connectorPeakMegabytes: total.rssBytes / 1e6,
    perGigabyteOfRows: {
      cpuSeconds: (over[1].cpuMs - begun[1].cpuMs) / 1000 / gigabytes,
      cloudsCpuSeconds: gained(({ cpuMs }) => cpuMs) / 1000 / gigabytes,
      awsRequests: gained(({ awsRequests }) => awsRequests) / gigabytes,
      uploads: gained(({ uploads }) => uploads) / gigabytes,
      storageRequests: (over[1].storageRequests - begun[1].storageRequests) / gigabytes,
    },
    failures: ranOut ? [...total.failures, 'the files ran out before the time was over'] : total.failures,
  };
}

function secondsOf(begun: Looks, over: Looks): number {
  return (over[0].at - begun[0].at) / 1000;
}
