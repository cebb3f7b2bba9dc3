/**
 * What the model takes for given. Services' limits carry the page they come from; costs of processor time were measured on
 * generated log files, on one core of a shared AMD EPYC, in CPU time.
 */

/** https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#logs-ingestion-api: for each data collection rule. */
export const ruleLimit = { bytesPerMinute: 2_000_000_000, requestsPerMinute: 12_000 } as const;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: in flight in a standard queue, and entries of a request. */
export const queueLimit = { inFlight: 120_000, entriesPerRequest: 10 } as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html: for each partitioned prefix, before S3 has scaled. */
export const getsPerPrefixAndSecond = 5_500;

/** https://learn.microsoft.com/azure/storage/tables/scalability-targets and https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
export const tableLimit = {
  entitiesPerPartitionAndSecond: 2_000,
  requestsPerAccountAndSecond: 20_000,
  entitiesPerRequest: 100,
} as const;

/** https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#regional-subscription-memory-quotas: by default, for a subscription in a region. */
export const flexMegabytesPerRegion = 512_000;

/** https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#instance-sizes: 2,048 MB come with one core. */
export const flexMegabytesPerCore = 2_048;

/**
 * How instances come and go. A target-based decision adds up to four (https://learn.microsoft.com/azure/azure-functions/functions-target-based-scaling),
 * at most every 30 s for triggers other than HTTP (https://learn.microsoft.com/azure/azure-functions/event-driven-scaling#understanding-scaling-behaviors);
 * an idle instance asks its queue ever more rarely, up to once a minute (https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json).
 * How long a start takes and how long an idle instance is kept is documented nowhere: assumed.
 */
export const scaling = {
  instancesAtOnce: 4,
  decisionSeconds: 30,
  longestPollSeconds: 60,
  startSeconds: 10,
  keptIdleSeconds: 300,
} as const;

/** The connector's own bounds that are no settings: shared/pipeline/drain/slice.ts, packer.ts, inTens.ts, azure/ledger/entryKey.ts. */
export const connector = {
  messagesHeld: 1_000,
  longestLingers: 10,
  gatherSeconds: 0.02,
  ledgerShards: 4,
  ledgerWritesPerObject: 2,
  /** A receive that waits for a first message waits so long before the drain takes the queue for empty. */
  pollSeconds: 1,
  /** Receives of a drain that find nothing: its last. */
  idleReceives: 1,
} as const;

/** Measured by npm run bench, set mid: bytes of rows as JSON for each byte of records. */
export const rowBytesPerRecordByte = 1.107;

/**
 * The share of a row's JSON that is values and not names: Log Analytics bills the text of the columns
 * (https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs#data-size-calculation). Measured on 12,000 rows of the set mid.
 */
export const billedShare = 0.63;

/** Compressed size of log files by records a file. Measured by npm run bench, sets tiny (3 records) and mid (2,000). */
export const gzipRatios = { few: { records: 3, ratio: 3.46 }, many: { records: 2_000, ratio: 8.83 } } as const;

/** Processor time, in milliseconds. */
export const cpu = {
  /** Measured by npm run bench: what tiny costs beyond its bytes, for each file. */
  fileMs: 0.065,
  /** Measured against the embedded clouds: receive, claim, read, outcome and delete of one small object. */
  aroundFileMs: 0.56,
  /** Measured by npm run bench: `ours-6` less `limit-6`, for each MB of records; on the main thread. */
  rowsMsPerMegabyte: 1.7,
  /** On the thread pool, for each MB of records. */
  inflateMsPerMegabyte: 0.95,
  /** Measured against the embedded clouds with set mid: one upload over TLS, and the object's way in. */
  uploadMs: 0.8,
  /** gzip at levels 1 to 9 for each MB of rows, and the ratio it reaches; on the thread pool. Measured on bodies of the set mid. */
  gzip: [
    { msPerMegabyte: 3.21, ratio: 7.16 },
    { msPerMegabyte: 3.3, ratio: 7.36 },
    { msPerMegabyte: 3.34, ratio: 7.53 },
    { msPerMegabyte: 5.17, ratio: 8.36 },
    { msPerMegabyte: 5.76, ratio: 8.86 },
    { msPerMegabyte: 7.03, ratio: 9.08 },
    { msPerMegabyte: 7.37, ratio: 9.12 },
    { msPerMegabyte: 8.31, ratio: 9.2 },
    { msPerMegabyte: 8.44, ratio: 9.2 },
  ],
} as const;

/** What the embedded clouds of the end-to-end benchmark cost on the same machine, in milliseconds of processor time; measured there. */
export const embeddedClouds = {
  objectMs: 0.24,
  rowsMsPerMegabyte: 6.1,
  storageObjectMs: 0.2,
  answerMs: 2,
} as const;
