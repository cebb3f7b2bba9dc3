import { connector, cpu, queueLimit, rowBytesPerRecordByte } from './facts.ts';
import type { Scenario } from './scenario.ts';

/** What a drainer may run out of. */
export type DrainerBoundName =
  | 'cpu'
  | 'objects in flight'
  | 'uploads in flight'
  | 'receivers'
  | 'messages held'
  | 'network';

export interface DrainerBound {
  readonly name: DrainerBoundName;
  readonly filesPerSecond: number;
}

/** One drainer on one instance of its own, while it receives. */
export interface Drainer {
  readonly filesPerSecond: number;
  /** Tightest first. */
  readonly bounds: readonly [DrainerBound, ...DrainerBound[]];
  /** Processor time for one file, on all threads. */
  readonly cpuSecondsPerFile: number;
  /** From a file's turn until its rows lie in bodies. */
  readonly readSeconds: number;
  /** From the receipt of a message to its deletion, at full speed. */
  readonly heldSeconds: number;
}

/** Sizes that follow from the workload and the settings alone. */
export interface Sizes {
  readonly fileBytes: number;
  readonly compressedFileBytes: number;
  readonly rowBytes: number;
  readonly rowsPerBody: number;
  readonly sentBytesPerRow: number;
}

export function sizesOf(scenario: Scenario): Sizes {
  const fileBytes = scenario.recordsPerFile * scenario.recordBytes;
  const rowBytes = scenario.recordBytes * rowBytesPerRecordByte;
  return {
    fileBytes,
    compressedFileBytes: fileBytes / scenario.gzipRatio,
    rowBytes,
    rowsPerBody: Math.max(1, scenario.batchBytes / rowBytes),
    sentBytesPerRow: rowBytes / gzipAt(scenario.gzipLevel).ratio,
  };
}

/** The fastest that one drainer can be: the tightest of its bounds. Each is a law of its own, and they do not add up. */
export function drainerOf(scenario: Scenario): Drainer {
  const { cores, objectsInFlight, receivers, recordsPerFile, rules, uploadsInFlight } = scenario;
  const { compressedFileBytes, rowsPerBody, sentBytesPerRow } = sizesOf(scenario);
  const bytesPerSecond = scenario.megabitsPerSecond * 125_000;
  const bodiesPerFile = recordsPerFile / rowsPerBody;
  const cost = cpuSecondsPerFile(scenario);

  // The claim waits for half a request that is under way, then for its own; see shared/azure/ledger/groupCommit.ts.
  const storageSeconds = (1.5 * scenario.storageLatencyMs) / 1000;
  const readSeconds = storageSeconds + scenario.latencyMs / 1000 + compressedFileBytes / bytesPerSecond + cost.main;
  const reading = Math.max(1, Math.min(objectsInFlight, scenario.bytesInFlight / compressedFileBytes));
  const uploadSeconds = scenario.ingestionLatencyMs / 1000 + (rowsPerBody * sentBytesPerRow) / bytesPerSecond;
  const receiveSeconds = scenario.queueLatencyMs / 1000;
  const transferred = compressedFileBytes + recordsPerFile * sentBytesPerRow;

  const flowing: DrainerBound[] = [
    // JavaScript has one thread; gzip runs beside it.
    { name: 'cpu', filesPerSecond: Math.min(Math.min(1, cores) / cost.main, cores / (cost.main + cost.pool)) },
    { name: 'objects in flight', filesPerSecond: reading / readSeconds },
    { name: 'uploads in flight', filesPerSecond: (uploadsInFlight * rules) / uploadSeconds / bodiesPerFile },
    { name: 'receivers', filesPerSecond: (receivers * queueLimit.entriesPerRequest) / receiveSeconds },
    { name: 'network', filesPerSecond: bytesPerSecond / transferred },
  ];
  const fastest = Math.min(...flowing.map(({ filesPerSecond }) => filesPerSecond));
  const heldSeconds =
    readSeconds +
    bodyWaitSeconds(scenario, rowsPerBody / recordsPerFile, fastest) +
    uploadSeconds +
    storageSeconds +
    connector.gatherSeconds +
    receiveSeconds;
  const bounds = [...flowing, { name: 'messages held' as const, filesPerSecond: connector.messagesHeld / heldSeconds }];
  const [tightest, ...others] = bounds
    .filter(({ filesPerSecond }) => Number.isFinite(filesPerSecond))
    .toSorted((a, b) => a.filesPerSecond - b.filesPerSecond);
  if (tightest === undefined) throw new RangeError('a drainer has bounds');
  return {
    filesPerSecond: tightest.filesPerSecond,
    bounds: [tightest, ...others],
    cpuSecondsPerFile: cost.main + cost.pool,
    readSeconds,
    heldSeconds,
  };
}

/** How long a row lies in its body under a backlog: on average half its filling, unless all that may be held fits into one body. */
function bodyWaitSeconds({ lingerMs }: Scenario, filesPerBody: number, filesPerSecond: number): number {
  const { messagesHeld } = connector;
  if (filesPerBody < messagesHeld) return filesPerBody / filesPerSecond / 2;
  return messagesHeld / filesPerSecond + lingerMs / 1000;
}

/** How long a body waits for rows: until it is full, or until a linger ends while nobody reads; see shared/pipeline/upload/packer.ts. */
export function bodyOpenSeconds(scenario: Scenario, filesPerSecond: number, readSeconds: number): number {
  const { lingerMs, recordsPerFile } = scenario;
  const fillSeconds = sizesOf(scenario).rowsPerBody / (filesPerSecond * recordsPerFile);
  const nobodyReads = Math.exp(-filesPerSecond * readSeconds);
  const lingers = Math.min(connector.longestLingers, 1 / nobodyReads);
  return Math.min(fillSeconds, (lingers * lingerMs) / 1000);
}

function cpuSecondsPerFile(scenario: Scenario): { readonly main: number; readonly pool: number } {
  const { gzipLevel, recordsPerFile } = scenario;
  const { fileBytes, rowBytes, rowsPerBody } = sizesOf(scenario);
  const megabytes = fileBytes / 1e6;
  const uploads = recordsPerFile / rowsPerBody;
  const main = cpu.fileMs + cpu.aroundFileMs + cpu.rowsMsPerMegabyte * megabytes + cpu.uploadMs * uploads;
  const gzipMs = gzipAt(gzipLevel).msPerMegabyte * ((recordsPerFile * rowBytes) / 1e6);
  return { main: main / 1000, pool: (cpu.inflateMsPerMegabyte * megabytes + gzipMs) / 1000 };
}

/** What a gzip level costs and gains. */
export function gzipAt(level: number): (typeof cpu.gzip)[number] {
  return cpu.gzip[level - 1] ?? cpu.gzip[5];
}
