import type { TokenCredential } from '@azure/core-auth';
import { sourceCredentials } from '../aws/credentials/sourceCredentials.ts';
import { s3ObjectStore } from '../aws/s3/objectStore.ts';
import { sqsQueue } from '../aws/sqs/queue.ts';
import { failedEntries, type KeptEntries } from '../azure/failedEntries/entries.ts';
import { azureCredential, entraToken } from '../azure/identity.ts';
import { logsIngestionDestinations } from '../azure/ingestion/logsIngestion.ts';
import { tableCircuits } from '../azure/ledger/tableCircuits.ts';
import { tableStore } from '../azure/ledger/tableStore.ts';
import { openStorage, type Storage } from '../azure/storage/account.ts';
import { type StorageValues, storageAccount } from '../azure/storage/accountValues.ts';
import { openWasmRowStream } from '../cloudtrail/rows/wasm/wasmRowStream.ts';
import { SliceTimer } from '../pipeline/accounts/sliceTimer.ts';
import { Tally } from '../pipeline/accounts/tally.ts';
import { memoryCircuits } from '../pipeline/circuits/memoryCircuits.ts';
import { announcementOf } from '../pipeline/delivery/queue/announcement.ts';
import { queueSource } from '../pipeline/delivery/queue/source.ts';
import { drain } from '../pipeline/drain/drain.ts';
import { ledgerOver } from '../pipeline/ledger/ledger.ts';
import { noFailedEntries } from '../pipeline/ledger/noFailedEntries.ts';
import { noLedger } from '../pipeline/ledger/noLedger.ts';
import type { ObjectStore } from '../pipeline/ports/objects.ts';
import type { DrainPorts } from '../pipeline/ports/ports.ts';
import type { Source } from '../pipeline/ports/source.ts';
import type { ReplayOutcome } from '../pipeline/replay/outcome.ts';
import { type ReplayRequest, replay } from '../pipeline/replay/replay.ts';
import { DrainPace } from '../pipeline/scaleOut/pace.ts';
import { scaleOut, type TicketBox } from '../pipeline/scaleOut/scaleOut.ts';
import { type DrainTicket, ticketQueue } from '../pipeline/scaleOut/tickets.ts';
import { logFile } from '../pipeline/unit/logFile.ts';
import { drainSettings, type Settings, type SourceSettings, sessionName } from '../settings/settings.ts';
import { type Logger, telemetry } from '../telemetry.ts';
import type { Clock } from '../words/clock.ts';
import { ConnectorError } from '../words/errors.ts';
import type { SliceSummary } from '../words/events.ts';
import { reportOf } from '../words/failure.ts';

/** What settings do not say. */
export interface ComposeExtras {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Where the app runs: in Azure, on a desk, or under a credential made elsewhere. */
  readonly identity: 'managed-identity' | 'developer' | TokenCredential;
  /** The storage account that keeps ledger, failed entries and circuits; without one they live in this process. */
  readonly storage?: StorageValues;
  /** Whose time counts in storage: 'own' where all instances share one clock that may be moved, as in stories. */
  readonly storageTime?: 'service' | 'own';
  /** Different for every process, such as a UUID: owner of the claims made here. */
  readonly instance: string;
  /** Authorities to trust for uploads in place of Node's own: for a server on this machine. */
  readonly ingestionCa?: string;
}

/** The app, ready to work; kept between invocations, so that connections, sessions and open circuits are. */
export interface Connector {
  /**
   * One slice of every source, side by side. Never rejects: a source that failed has a summary that ended 'failed', and
   * stops no other. Lines go to `logger` when given, since each invocation has its own.
   */
  drainAll(signal: AbortSignal, logger?: Logger): Promise<readonly SliceSummary[]>;
  /**
   * Asks for more drainers of the sources whose backlog is deeper than one slice clears, once a minute until the signal
   * aborts: a slice may take several minutes, and the timer does not tick meanwhile. Never rejects.
   */
  keepPostingTickets(until: AbortSignal, logger?: Logger): Promise<void>;
  /** What a ticket asks for: one slice of its source. Never rejects; a void ticket costs nothing. */
  drainTicket(ticket: DrainTicket | undefined, signal: AbortSignal, logger?: Logger): Promise<void>;
  /**
   * Puts failed entries of one source through the flow again, without its queue. Answers each entry, in the order asked.
   * @throws ConnectorError 'settings-invalid' when the source is not configured, or nothing names a storage account
   */
  replay(source: string, request: ReplayRequest, signal: AbortSignal): Promise<readonly ReplayOutcome[]>;
  /** Closes connections; the connector may not be used again. */
  close(): void;
}

/** Settings and the world become a connector: the only file that knows every class. Makes no request. */
export function compose(settings: Settings, extras: ComposeExtras): Connector {
  const { clock, random } = extras;
  const credential = credentialOf(settings, extras.identity);
  const { endpoint, scope, ruleIds, stream } = settings.destination;
  const destinations = logsIngestionDestinations({
    ...{ endpoint, scope, ruleIds, stream, credential, clock },
    ca: extras.ingestionCa,
  });
  const openRows = openWasmRowStream();
  const said = new Set<string>();
  const kept = keptState(settings, credential, extras);
  const sources = settings.sources.map((source) => ({
    source,
    parts: keptParts(() => sourceParts(settings, source, credential, extras)),
    state: kept(source),
    pace: new DrainPace(clock),
  }));

  const drainOne = async (
    { source, parts, state, pace }: (typeof sources)[number],
    report: DrainPorts['report'],
    signal: AbortSignal,
  ): Promise<SliceSummary> => {
    const startedAt = clock.now();
    const timer = new SliceTimer(clock);
    const onSettled: DrainPorts['onSettled'] = ({ settled }) => {
      if (settled.kind === 'done') pace.settled();
    };
    pace.begin();
    try {
      const ports = { source: parts.get().source, ...state, clock, destinations, onSettled, report, random };
      const summary = await drain(ports, drainSettings(settings, source), openRows, signal);
      pace.end(summary.ended === 'queue-empty');
      tellClock(source.name, state, report);
      return summary;
    } catch (error) {
      pace.end(false);
      const tally = new Tally();
      const failure = reportOf(error);
      tally.failure = failure;
      report({ type: 'source-failed', source: source.name, failure });
      return tally.summary(source.name, 'failed', clock.now() - startedAt, timer.summary());
    }
  };

  const scaleOutOne = async (
    { source, parts, state, pace }: (typeof sources)[number],
    report: DrainPorts['report'],
  ) => {
    const { circuits, tickets } = state;
    if (tickets === undefined) return;
    let queue: Source;
    try {
      queue = parts.get().source;
    } catch {
      return; // A source that cannot even be made is told by its drain.
    }
    const { mostDrainers } = settings;
    await scaleOut({ source: source.name, queue, circuits, tickets, clock, report, mostDrainers, pace });
  };

  const sourceNamed = (name: string) => {
    const found = sources.find(({ source }) => source.name === name);
    if (found !== undefined) return found;
    throw new ConnectorError('settings-invalid', `no source is named "${name}"`, {
      at: { source: name },
      remedy: 'Configure the source again, under its old name, for as long as its failed entries are replayed.',
    });
  };

  return {
    keepPostingTickets: async (until, logger = extras.logger) => {
      const report = telemetry(logger, said);
      while (!until.aborted) {
        await Promise.all(sources.map((each) => scaleOutOne(each, report)));
        await clock.sleep(ticketsEveryMs, until);
      }
    },
    drainTicket: async (ticket, signal, logger = extras.logger) => {
      const report = telemetry(logger, said);
      const asked = sources.find(({ source }) => source.name === ticket?.source);
      if (ticket === undefined || asked === undefined || ticket.expires <= clock.now()) {
        report({ type: 'ticket-void', reason: asked === undefined ? 'it names no source' : 'it came too late' });
        return;
      }
      await drainOne(asked, report, signal);
    },
    drainAll: (signal, logger = extras.logger) => {
      const report = telemetry(logger, said);
      return Promise.all(sources.map((source) => drainOne(source, report, signal)));
    },
    replay: async (name, request, signal) => {
      const { source, parts, state } = sourceNamed(name);
      const { ledger, failedEntries: keeper, entries } = state;
      if (entries === undefined) throw storageMissing();
      const { objects } = parts.get();
      const report = telemetry(extras.logger, said);
      const ports = {
        ...{ destinations, ledger, failedEntries: keeper, entries, clock, report, random },
        announcementIn: (body: string) => announcementOf(body, { objects, allowedBuckets: source.allowedBuckets }),
        unitNamed: (name: { bucket: string; key: string }) => logFile(name, objects),
      };
      return await replay(ports, drainSettings(settings, source), openRows, request, signal);
    },
    close: () => {
      for (const { parts } of sources) {
        parts.close();
      }
    },
  };
}

const ticketsEveryMs = 60_000;

/** Once a slice: nothing is lost by it, since storage's time decides, but signatures fail when the difference grows. */
function tellClock(source: string, { clockDifferenceMs }: SourceState, report: DrainPorts['report']): void {
  const behindMs = clockDifferenceMs?.() ?? 0;
  if (behindMs !== 0) report({ type: 'clock-differs', source, behindMs });
}

interface SourceState extends Pick<DrainPorts, 'circuits' | 'failedEntries' | 'ledger'> {
  /** By how much the storage service is ahead of our clock, as its answers tell. */
  readonly clockDifferenceMs?: () => number;
  /** Absent without storage: then nobody can be asked. */
  readonly tickets?: TicketBox;
  /** Absent without storage: then nothing that failed is kept. */
  readonly entries?: KeptEntries;
}

/** What is remembered of each source between slices: in storage, since instances come and go. */
function keptState(
  { destination, tuning }: Settings,
  credential: TokenCredential,
  { clock, instance, storage: values = {}, storageTime = 'service' }: ComposeExtras,
): (source: SourceSettings) => SourceState {
  const account = storageAccount(values, credential);
  if (account === undefined)
    return () => ({ ledger: noLedger, failedEntries: noFailedEntries, circuits: memoryCircuits() });
  const storage = openStorage(account, { clock, time: storageTime });
  const failed = failedEntriesIn(storage, storage.time);
  const { ruleIds, stream } = destination;
  const { visibilitySeconds } = tuning;
  return ({ name, partition }) => ({
    ledger: ledgerOver({
      // Part of an entry's key: a new destination begins anew.
      store: tableStore(storage.table('ledger'), { ruleIds, stream, awsPartition: partition }, storage.time),
      ...{ failedEntries: failed, source: name, visibilitySeconds, instance, clock },
    }),
    failedEntries: failed,
    clockDifferenceMs: () => storage.time.differenceMs,
    circuits: tableCircuits({ table: storage.table('circuits'), source: name, time: storage.time }),
    tickets: ticketBox(storage, clock),
    entries: failed,
  });
}

function storageMissing(): ConnectorError {
  return new ConnectorError('settings-invalid', 'AzureWebJobsStorage is missing: failed entries are kept in storage', {
    remedy: 'Set AzureWebJobsStorage, or AzureWebJobsStorage__accountName, to the storage account of the function app.',
  });
}

function ticketBox(storage: Storage, clock: Clock): TicketBox {
  const posts = storage.posts(ticketQueue);
  return {
    post: (ticket) => posts.post(JSON.stringify(ticket), (ticket.expires - clock.now()) / 1000),
    count: () => posts.count(),
  };
}

/** The failed entries of a storage account: for the drains, and for the replay. */
export function failedEntriesIn(storage: Storage, clock: Pick<Clock, 'now'>): KeptEntries {
  return failedEntries({ table: storage.table('failedEntries'), blobs: storage.blobs('failed-messages'), clock });
}

interface SourceParts {
  readonly source: Source;
  readonly objects: ObjectStore;
  close(): void;
}

/** Made at first use: what cannot be made fails its own source, and is tried again by the next slice. */
function keptParts(make: () => SourceParts): { get(): SourceParts; close(): void } {
  let made: SourceParts | undefined;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    close: () => made?.close(),
  };
}

function sourceParts(
  settings: Settings,
  source: SourceSettings,
  azure: TokenCredential,
  { clock, random }: ComposeExtras,
): SourceParts {
  const endpoint = source.endpointOverride === undefined ? {} : { endpoint: source.endpointOverride };
  const credentials = sourceCredentials({
    mode: source.credentials,
    getToken: (audience) => entraToken(azure, audience),
    roleArn: source.roleArn,
    externalId: settings.workspaceId,
    sessionName: sessionName(settings.workspaceId),
    stsRegion: source.stsRegion,
    clock,
    random,
    ...endpoint,
  });
  const queue = sqsQueue({ queueUrl: source.queueUrl, credentials, clock, ...endpoint });
  const objects = s3ObjectStore({ region: source.queueRegion, credentials, clock, ...endpoint });
  const { visibilitySeconds } = settings.tuning;
  const { heartbeatMs } = drainSettings(settings, source);
  return {
    source: queueSource({
      name: source.name,
      allowedBuckets: source.allowedBuckets,
      ...{ queue, objects, visibilitySeconds, heartbeatMs, clock, random },
    }),
    objects,
    close: () => {
      for (const part of [queue, objects, credentials]) {
        part.close();
      }
    },
  };
}

function credentialOf({ azureClientId }: Settings, identity: ComposeExtras['identity']): TokenCredential {
  return typeof identity === 'object' ? identity : azureCredential({ kind: identity, clientId: azureClientId });
}
