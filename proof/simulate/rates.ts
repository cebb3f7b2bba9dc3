import { bodyOpenSeconds, drainerOf, sizesOf } from './drainer.ts';
import { drainsOn } from './drainsOn.ts';
import { connector, queueLimit, tableLimit } from './facts.ts';
import type { Scenario } from './scenario.ts';

/** What the deployment does in a second, on average, when it keeps up; bytes are decimal. */
export interface Rates {
  readonly files: number;
  readonly recordBytes: number;
  readonly compressedBytes: number;
  readonly rowBytes: number;
  readonly sentBytes: number;
  readonly queueReceives: number;
  readonly queueDeletes: number;
  readonly objectGets: number;
  readonly uploads: number;
  readonly rowsPerUpload: number;
  /** Two for each object: its claim and its outcome. */
  readonly storageUnbatched: number;
  /** The same after those of one partition that come together were put into one request. */
  readonly storageTransactions: number;
}

/** @param drainers working at the same time, which share the files evenly */
export function ratesOf(scenario: Scenario, drainers: number): Rates {
  const { eventsPerSecond, queueLatencyMs, receivers, recordsPerFile, storageLatencyMs, tickSeconds } = scenario;
  const { compressedFileBytes, fileBytes, rowBytes, rowsPerBody, sentBytesPerRow } = sizesOf(scenario);
  const drainer = drainerOf(scenario);
  const files = eventsPerSecond / recordsPerFile;
  const isContinuous = drainsOn(files / scenario.sources);
  // What gathers between two ticks is drained at full speed, and then nothing is left to wait for.
  const each = isContinuous ? files / drainers : drainer.filesPerSecond;
  const together = isContinuous ? Number.POSITIVE_INFINITY : Math.max(1, (files / scenario.sources) * tickSeconds);

  const openSeconds = bodyOpenSeconds(scenario, each, drainer.readSeconds);
  // A body that lingers carries at least the file that opened it.
  const rowsMet = recordsPerFile * within(1, each * openSeconds, together);
  const rowsPerUpload = Math.min(rowsPerBody, rowsMet);
  const filesPerBody = Math.max(1, rowsPerUpload / recordsPerFile);

  // A receive is answered at once by what is there: while there is no backlog, by what came during the one before.
  const came = isContinuous ? (each * queueLatencyMs) / 1000 / receivers : together;
  const received = within(1, came, queueLimit.entriesPerRequest);
  const deleted = within(1, Math.max(filesPerBody, each * connector.gatherSeconds), queueLimit.entriesPerRequest);
  const idleReceives = isContinuous ? 0 : (scenario.sources * connector.idleReceives) / tickSeconds;
  const grouped = { claimed: received, settled: Math.min(filesPerBody, together) };
  return {
    files,
    recordBytes: files * fileBytes,
    compressedBytes: files * compressedFileBytes,
    rowBytes: eventsPerSecond * rowBytes,
    sentBytes: eventsPerSecond * sentBytesPerRow,
    queueReceives: files / received + idleReceives,
    queueDeletes: files / Math.min(deleted, together),
    objectGets: files,
    uploads: eventsPerSecond / rowsPerUpload,
    rowsPerUpload,
    storageUnbatched: files * connector.ledgerWritesPerObject,
    storageTransactions: drainers * transactions(files / drainers, grouped, storageLatencyMs / 1000),
  };
}

/**
 * Claims come together as their messages did, outcomes as their body was accepted; each group falls into as many requests
 * as it meets partitions. While a partition's request is under way the next ones gather, so none has more than one.
 */
function transactions(
  filesPerSecond: number,
  { claimed, settled }: { readonly claimed: number; readonly settled: number },
  answerSeconds: number,
): number {
  const wanted = filesPerSecond * (partitionsMet(claimed) / claimed + partitionsMet(settled) / settled);
  const fewest = (filesPerSecond * connector.ledgerWritesPerObject) / tableLimit.entitiesPerRequest;
  const atOnce = answerSeconds === 0 ? Number.POSITIVE_INFINITY : connector.ledgerShards / answerSeconds;
  return Math.max(fewest, Math.min(wanted, atOnce));
}

/** How many of the ledger's partitions so many objects fall into, by their hash, on average. */
function partitionsMet(objects: number): number {
  const { ledgerShards } = connector;
  return ledgerShards * (1 - (1 - 1 / ledgerShards) ** objects);
}

function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
