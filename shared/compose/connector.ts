import type { TokenCredential } from '@azure/core-auth';
import type { AwsTimeouts } from '../aws/http/timeouts.ts';
import { azureCredential } from '../azure/identity.ts';
import { logsIngestionDestinations } from '../azure/ingestion/logsIngestion.ts';
import { insightsSink } from '../azure/insights/insights.ts';
import { type InsightsValues, readInsights } from '../azure/insights/target.ts';
import type { StorageValues } from '../azure/storage/accountValues.ts';
import { SliceTimer } from '../pipeline/accounts/sliceTimer.ts';
import { Tally } from '../pipeline/accounts/tally.ts';
import { drain } from '../pipeline/drain/drain.ts';
import type { MetricSink } from '../pipeline/ports/metrics.ts';
import type { DrainPorts } from '../pipeline/ports/ports.ts';
import type { ReplayOutcome } from '../pipeline/replay/outcome.ts';
import { type ReplayRequest, replay } from '../pipeline/replay/replay.ts';
import { DrainPace } from '../pipeline/scaleOut/pace.ts';
import { scaleOut } from '../pipeline/scaleOut/scaleOut.ts';
import type { DrainTicket } from '../pipeline/scaleOut/tickets.ts';
import { drainSettings, type Settings } from '../settings/settings.ts';
import { type Logger, telemetry } from '../telemetry.ts';
import type { Clock } from '../words/clock.ts';
import { ConnectorError } from '../words/errors.ts';
import type { SliceSummary } from '../words/events.ts';
import { reportOf } from '../words/failure.ts';
import { afterSlice } from './health/afterSlice.ts';
import { type Health, readHealth } from './health/health.ts';
import { rowsBy } from './rowsBy.ts';
import { type ComposedSource, composeSource, madeAtFirstUse } from './source.ts';
import { composeState, type SourceState } from './state.ts';
import { deliveryReport, type Watch, watchedCircuits } from './watched.ts';

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
  /** Of the connector, for its health. */
  readonly version?: string;
  /** Name of the function app, where there is one, for its health rows. */
  readonly app?: string;
  /** Authorities to trust for uploads in place of Node's own: for a server on this machine. */
  readonly ingestionCa?: string;
  /** How long to wait for an object, where the usual is too long: in stories, whose clock skips waiting. */
  readonly objectTimeouts?: AwsTimeouts;
  /** The Application Insights that takes the figures of health as metrics; without one there are none. */
  readonly insights?: InsightsValues;
  /** Told, as data, what the drains do. */
  readonly watch?: Watch;
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
  /** How every source is, from what is kept in storage: what this process remembers counts for nothing. Never rejects. */
  health(): Promise<Health>;
  /** Closes connections; the connector may not be used again. */
  close(): void;
}

/** Settings and the world become a connector: the only file that knows every class. Makes no request. */
export function compose(settings: Settings, extras: ComposeExtras): Connector {
  const { clock, random } = extras;
  const credential = credentialOf(settings, extras.identity);
  const { endpoint, healthStream, scope, ruleIds, stream } = settings.destination;
  const ingestion = { endpoint, scope, ruleIds, stream, credential, clock, ca: extras.ingestionCa };
  const destinations = logsIngestionDestinations(ingestion);
  const { app = 'cloudtrail-connector', version = 'unknown' } = extras;
  const [healthTo] =
    healthStream === undefined ? [] : logsIngestionDestinations({ ...ingestion, stream: healthStream });
  const metrics = metricSink(settings, credential, extras);
  const sliceEnded = afterSlice({
    ...{ settings, app },
    ...(healthTo === undefined ? {} : { destination: healthTo }),
    ...(metrics === undefined ? {} : { metrics }),
  });
  const { watch = () => {} } = extras;
  let slices = 0;
  const { openRows, selecting } = rowsBy(settings.selectors);
  const said = new Set<string>();
  const versionsTold = new Set<string>();
  const { isKept, stateOf } = composeState(settings, credential, extras);
  if (!isKept) telemetry(extras.logger)({ type: 'storage-missing' });
  const sources = settings.sources.map((source) => ({
    source,
    parts: madeAtFirstUse(() => composeSource(settings, source, credential, extras)),
    state: stateOf(source),
    pace: new DrainPace(clock),
  }));

  const drainOne = async (
    { source, parts, state, pace }: (typeof sources)[number],
    report: DrainPorts['report'],
    signal: AbortSignal,
  ): Promise<SliceSummary> => {
    const startedAt = clock.now();
    const timer = new SliceTimer(clock);
    const slice = `${extras.instance}/${slices++}`;
    const finished = async (summary: SliceSummary): Promise<SliceSummary> => {
      await sliceEnded({ name: source.name, state }, summary, report);
      watch({ kind: 'slice', slice, summary });
      return summary;
    };
    const onSettled: DrainPorts['onSettled'] = (delivery) => {
      if (delivery.settled.kind === 'done') pace.settled();
      watch(deliveryReport(slice, delivery));
    };
    pace.begin();
    try {
      const ports = { source: parts.get().source, ...state, clock, destinations, onSettled, report, random };
      const circuits = watchedCircuits(state.circuits, watch);
      const summary = await drain(
        { ...ports, circuits },
        { ...drainSettings(settings, source), ...selecting },
        openRows,
        signal,
      );
      pace.end(summary.ended === 'queue-empty');
      tellClock(source.name, state, report);
      tellVersions(source.name, parts.get().bucketsWithoutVersions(), versionsTold, report);
      return await finished(summary);
    } catch (error) {
      pace.end(false);
      const tally = new Tally();
      const failure = reportOf(error);
      tally.failure = failure;
      report({ type: 'source-failed', source: source.name, failure });
      return await finished(tally.summary(source.name, 'failed', clock.now() - startedAt, timer.summary()));
    }
  };

  const scaleOutOne = async (
    { source, parts, state, pace }: (typeof sources)[number],
    report: DrainPorts['report'],
  ) => {
    const { circuits, tickets } = state;
    if (tickets === undefined) return;
    let queue: ComposedSource['source'];
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
      const { announcementIn, unitNamed } = parts.get();
      const report = telemetry(extras.logger, said);
      const written = { ledger, failedEntries: keeper, entries, announcementIn, unitNamed };
      const ports = { ...written, destinations, clock, report, random };
      return await replay(ports, { ...drainSettings(settings, source), ...selecting }, openRows, request, signal);
    },
    health: () => {
      const all = sources.map(({ source, state }) => ({ name: source.name, state }));
      return readHealth(all, settings, { at: clock.now(), version });
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
/** New buckets only: a missing right is told once. */
function tellVersions(
  source: string,
  buckets: readonly string[],
  told: Set<string>,
  report: DrainPorts['report'],
): void {
  const untold = buckets.filter((bucket) => !told.has(`${source}/${bucket}`));
  for (const bucket of untold) told.add(`${source}/${bucket}`);
  if (untold.length > 0) report({ type: 'versions-denied', source, buckets: untold });
}

function tellClock(source: string, { clockDifferenceMs }: SourceState, report: DrainPorts['report']): void {
  const behindMs = clockDifferenceMs?.() ?? 0;
  if (behindMs !== 0) report({ type: 'clock-differs', source, behindMs });
}

function metricSink(
  { destination: { scope } }: Settings,
  credential: TokenCredential,
  { clock, identity, ingestionCa: ca, insights = {} }: ComposeExtras,
): MetricSink | undefined {
  const reading = readInsights(insights);
  if (reading.kind === 'none') return undefined;
  // The host's words name the identity for this service, as they do for storage: it may be another than that for the rules.
  const clientId = reading.kind === 'target' ? reading.target.identity?.clientId : undefined;
  const own = identity === 'managed-identity' ? azureCredential({ kind: identity, clientId }) : credential;
  return insightsSink({ reading, credential: own, scope, clock, ca });
}

function storageMissing(): ConnectorError {
  return new ConnectorError('settings-invalid', 'AzureWebJobsStorage is missing: failed entries are kept in storage', {
    remedy: 'Set AzureWebJobsStorage, or AzureWebJobsStorage__accountName, to the storage account of the function app.',
  });
}

function credentialOf({ azureClientId }: Settings, identity: ComposeExtras['identity']): TokenCredential {
  return typeof identity === 'object' ? identity : azureCredential({ kind: identity, clientId: azureClientId });
}
