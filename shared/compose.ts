import type { TokenCredential } from '@azure/core-auth';
import { s3ObjectStore } from './aws/s3ObjectStore.ts';
import { type CredentialMode, sourceCredentials } from './aws/sourceCredentials.ts';
import { sqsQueue } from './aws/sqsQueue.ts';
import { azureCredential, entraToken } from './azure/identity.ts';
import { logsIngestionDestinations } from './azure/logsIngestion.ts';
import { openByteRowStream } from './cloudtrail/byteRowStream.ts';
import type { SliceSummary } from './events.ts';
import { drain } from './pipeline/drain.ts';
import { reportOf } from './pipeline/failure.ts';
import { memoryCircuits } from './pipeline/memoryCircuits.ts';
import { noLedger } from './pipeline/noLedger.ts';
import type { Clock, DrainPorts } from './pipeline/ports.ts';
import { Tally } from './pipeline/tally.ts';
import { drainSettings, type Settings, type SourceSettings, sessionName } from './settings.ts';
import { type Logger, telemetry } from './telemetry.ts';

/** What settings do not say. */
export interface ComposeExtras {
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Where the app runs: in Azure, on a desk, or under a credential made elsewhere. */
  readonly identity: 'managed-identity' | 'developer' | TokenCredential;
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
  const openRows = openByteRowStream();
  const said = new Set<string>();
  const sources = settings.sources.map((source) => ({
    source,
    parts: keptParts(() => sourceParts(settings, source, credential, extras)),
    circuits: memoryCircuits(),
  }));

  const drainOne = async (
    { source, parts, circuits }: (typeof sources)[number],
    report: DrainPorts['report'],
    signal: AbortSignal,
  ): Promise<SliceSummary> => {
    const startedAt = clock.now();
    try {
      const ports = { ...parts.get(), clock, destinations, ledger: noLedger, circuits, report, random };
      return await drain(ports, drainSettings(settings, source), openRows, signal);
    } catch (error) {
      const tally = new Tally();
      const failure = reportOf(error);
      tally.failure = failure;
      report({ type: 'source-failed', source: source.name, failure });
      return tally.summary(source.name, 'failed', clock.now() - startedAt);
    }
  };

  return {
    drainAll: (signal, logger = extras.logger) => {
      const report = telemetry(logger, said);
      return Promise.all(sources.map((source) => drainOne(source, report, signal)));
    },
    close: () => {
      for (const { parts } of sources) {
        parts.close();
      }
    },
  };
}

interface SourceParts extends Pick<DrainPorts, 'queue' | 'objects'> {
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
    mode: credentialMode(source, azure),
    roleArn: source.roleArn,
    externalId: settings.workspaceId,
    sessionName: sessionName(settings.workspaceId),
    stsRegion: source.stsRegion,
    clock,
    random,
    ...endpoint,
  });
  const queue = sqsQueue({ queueUrl: source.queueUrl, credentials, clock, ...endpoint });
  const objects = s3ObjectStore({ region: source.queueRegion, credentials, ...endpoint });
  return {
    queue,
    objects,
    close: () => {
      for (const part of [queue, objects, credentials]) {
        part.close();
      }
    },
  };
}

function credentialMode({ credentials }: SourceSettings, azure: TokenCredential): CredentialMode {
  switch (credentials.mode) {
    case 'managed-identity': {
      const { audience, hubRoleArn } = credentials;
      const getToken = (asked: string, signal: AbortSignal) => entraToken(azure, asked, signal);
      return { kind: 'managed-identity', audience, hubRoleArn, getToken };
    }
    case 'access-key': {
      const { accessKeyId, secretAccessKey } = credentials;
      return { kind: 'access-key', accessKeyId, secretAccessKey };
    }
    case 'default':
      return { kind: 'default' };
  }
}

function credentialOf({ azureClientId }: Settings, identity: ComposeExtras['identity']): TokenCredential {
  return typeof identity === 'object' ? identity : azureCredential({ kind: identity, clientId: azureClientId });
}
