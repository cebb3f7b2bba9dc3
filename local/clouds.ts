import { mkdir, rm } from 'node:fs/promises';
import type { Clock } from '../shared/words/clock.ts';
import { type AwsCloud, startAwsCloud } from './aws/startAwsCloud.ts';
import { type LocalIdentity, startIdentity } from './azure/identity.ts';
import { createLoopbackCertificates } from './azure/ingestion/certificates.ts';
import { type IngestionOptions, type LocalIngestion, startIngestion } from './azure/ingestion/ingestion.ts';
import type { RuleRate } from './azure/ingestion/tokenBucket.ts';
import { type LocalInsights, startInsights } from './azure/insights/insights.ts';
import { deployConnector, type EventTable } from './azure/resourceManager/connector.ts';
import { type LocalResourceManager, startResourceManager } from './azure/resourceManager/server.ts';
import { type LocalStorage, startStorage } from './azure/storage.ts';
import { type BreakName, isAwsBreak } from './breaks.ts';

export interface CloudsOptions {
  /** Emptied at the start: the clouds' data lives here. */
  readonly folder: string;
  readonly clock: Clock;
  /** `keep` writes the accepted rows to a file; `count` only checks and counts them. */
  readonly mode: 'keep' | 'count';
  /** Where the accepted rows go in mode `keep`; default: a file in the folder. */
  readonly tableFile?: string;
  readonly rules?: number;
  readonly rate?: Partial<RuleRate> | 'unlimited';
  /** Fixes the receive time of the ingestion endpoint. */
  readonly receivedAt?: () => number;
  readonly visibilitySeconds?: number;
  readonly maxReceiveCount?: number;
  /** Passes the time of a poll that found nothing, after which it looks once more; absent: in real time, until something comes. */
  readonly passPoll?: ((ms: number) => Promise<void>) | undefined;
  /** Accepted rows could not be written to the table file. */
  readonly onTableFailed?: (error: Error) => void;
  /** Called for every upload that begins. */
  readonly observe?: NonNullable<IngestionOptions['observe']>;
  /** The reader role may read below any prefix, not only keys that begin with `AWSLogs/`. */
  readonly anyKeyPrefix?: boolean;
  /** Encrypts the bucket with this KMS key, which the reader role may use. */
  readonly kmsKeyArn?: string;
  /** Which table the events go into; default: the connector's own. */
  readonly table?: EventTable;
  /** One misconfiguration to provoke. */
  readonly break?: BreakName;
}

/** Everything the connector talks to, running on loopback. */
export interface Clouds {
  readonly aws: AwsCloud;
  readonly identity: LocalIdentity;
  readonly ingestion: LocalIngestion;
  readonly insights: LocalInsights;
  readonly storage: LocalStorage;
  readonly resourceManager: LocalResourceManager;
  /** The stream of the health table: who sets HEALTH_STREAM to it has health rows sent. */
  readonly healthStream: string;
  /** The app settings a deployment into these clouds would have. */
  readonly appSettings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const workspaceId = '8ecf8077-cf51-4820-aadd-14040956f35d';
const tenantId = '5a1c3f7e-2b7d-4a58-9f0e-6d1b8c2e4f90';
const principalId = '3d9f2c54-8e17-4b60-a2d5-71f0c9e8ab36';
const audience = 'api://cloudtrail-connector';

/** Starts identity, AWS, storage and ingestion, wired as a deployment would be. */
export async function startClouds(options: CloudsOptions): Promise<Clouds> {
  const { clock, folder } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const deployed = deployConnector(
    { principalId, workspaceId },
    options.table === undefined ? {} : { table: options.table },
  );
  const stream = deployed.settings['DCR_STREAM'] ?? '';
  const identity = await startIdentity({ clock, tenantId, principalId, audiences: [audience] });
  const ruleIds = Array.from({ length: options.rules ?? 1 }, (_, index) => `dcr-${'0'.repeat(31)}${index + 1}`);
  const ruleResources = ruleIds.map((_, index) => `${deployed.rule.id}${index === 0 ? '' : `-${index + 1}`}`);
  const certificates = await createLoopbackCertificates(Date.now());
  const [aws, storage, ingestion, insights, resourceManager] = await Promise.all([
    startAwsCloud({
      issuer: identity.issuer,
      audience,
      subject: principalId,
      workspaceId,
      jwks: async () => identity.jwks(),
      dataFolder: folder,
      clock,
      ...(options.kmsKeyArn !== undefined && { kmsKeyArn: options.kmsKeyArn }),
      ...(options.anyKeyPrefix && { keyPrefix: '*' }),
      ...(options.visibilitySeconds !== undefined && { visibilitySeconds: options.visibilitySeconds }),
      ...(options.maxReceiveCount !== undefined && { maxReceiveCount: options.maxReceiveCount }),
      passPoll: options.passPoll,
    }),
    startStorage(),
    startIngestion({
      clock,
      certificates,
      directory: folder,
      keys: identity.jwks(),
      issuer: identity.issuer,
      rules: ruleIds.map((immutableId) => ({
        immutableId,
        streams: options.break === 'dcr-stream' ? { 'Custom-Renamed': [] } : deployed.streams,
        transforms: deployed.transforms,
        publishers: options.break === 'dcr-role' ? [] : deployed.publishers,
      })),
      mode: options.mode,
      ...(deployed.settings['HEALTH_STREAM'] !== undefined && { healthStream: deployed.settings['HEALTH_STREAM'] }),
      ...(options.tableFile !== undefined && { tableFile: options.tableFile }),
      ...(options.rate !== undefined && { rate: options.rate }),
      ...(options.receivedAt !== undefined && { receivedAt: options.receivedAt }),
      ...(options.observe !== undefined && { observe: options.observe }),
      ...(options.onTableFailed !== undefined && { onTableFailed: options.onTableFailed }),
    }),
    startInsights({
      ...{ clock, certificates, directory: folder, keys: identity.jwks(), issuer: identity.issuer },
      ...deployed.insights,
      connectionString: deployed.settings['APPLICATIONINSIGHTS_CONNECTION_STRING'] ?? '',
    }),
    startResourceManager({
      ...{ clock, keys: identity.jwks(), issuer: identity.issuer },
      resources: new Map<string, unknown>([
        ...deployed.tables,
        ...ruleResources.map(
          (id, index) =>
            [id, { id, properties: { ...deployed.rule.properties, immutableId: ruleIds[index] } }] as const,
        ),
      ]),
      readers: new Map([
        ...ruleResources.map((id) => [id, deployed.ruleReaders] as const),
        // As with the template's parameter readTableColumns, which makes a role of its own for it.
        ...[...deployed.tables.keys()].map((id) => [id, [principalId]] as const),
      ]),
    }),
  ]);
  if (options.break !== undefined && isAwsBreak(options.break)) aws.break(options.break);
  return {
    aws,
    identity,
    ingestion,
    insights,
    storage,
    resourceManager,
    healthStream: deployed.settings['HEALTH_STREAM'] ?? '',
    appSettings: {
      WORKSPACE_ID: workspaceId,
      AWS_CREDENTIALS: 'managed-identity',
      AWS_WEB_IDENTITY_AUDIENCE: audience,
      AWS_HUB_ROLE_ARN: aws.hubRoleArn,
      AWS_ROLE_ARN: aws.roleArn,
      SQS_QUEUE_URL: aws.queueUrl,
      ALLOWED_BUCKETS: aws.bucket,
      AWS_ENDPOINT_URL: aws.endpoint,
      LOGS_INGESTION_ENDPOINT: ingestion.endpoint,
      DCR_IMMUTABLE_IDS: ruleIds.join(','),
      DCR_RESOURCE_IDS: ruleResources.join(','),
      ARM_ENDPOINT_URL: resourceManager.endpoint,
      DCR_STREAM: stream,
      DRAIN_SCHEDULE: '0 * * * * *',
      AzureWebJobsStorage: storage.connectionString,
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.connectionString,
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: deployed.settings['APPLICATIONINSIGHTS_AUTHENTICATION_STRING'] ?? '',
      IDENTITY_ENDPOINT: identity.endpoint,
      IDENTITY_HEADER: identity.header,
      NODE_EXTRA_CA_CERTS: ingestion.caFile,
    },
    async stop() {
      await Promise.all([
        aws.stop(),
        storage.stop(),
        ingestion.stop(),
        insights.stop(),
        identity.stop(),
        resourceManager.stop(),
      ]);
    },
  };
}
