import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type AwsCloud, startAwsCloud } from '../../local/aws/startAwsCloud.ts';
import { type LocalIdentity, startIdentity } from '../../local/azure/identity.ts';
import { type LocalIngestion, startIngestion } from '../../local/azure/ingestion/ingestion.ts';
import { readRows } from '../../local/azure/table/table.ts';
import { columns } from '../../shared/cloudtrail/columns.ts';
import { systemClock } from '../../shared/kit/systemClock.ts';

const workspaceId = '3c1f5f0e-6f0a-4f5c-9d1b-2a7e8c4d9b10';
const audience = 'api://5d1c6b0a-7f43-4c8e-8a8f-0d3b9a1e2c44';
const principal = '11111111-2222-3333-4444-555555555555';
const rule = 'dcr-0123456789abcdef0123456789abcdef';
const stream = 'Custom-AWSCloudTrail';

/** The app's whole surroundings, on loopback. */
export interface EmbeddedClouds {
  readonly aws: AwsCloud;
  readonly identity: LocalIdentity;
  readonly ingestion: LocalIngestion;
  /** App settings for them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes a log file with records of these IDs and announces it. */
  deliver(name: string, eventIds: readonly string[]): Promise<void>;
  /** Writes any bytes and announces them. */
  deliverBytes(name: string, content: Uint8Array): Promise<void>;
  /** AwsEventId of every row in the table, sorted. */
  arrived(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startEmbeddedClouds(): Promise<EmbeddedClouds> {
  const directory = await mkdtemp(join(tmpdir(), 'embedded-clouds-'));
  const identity = await startIdentity({
    clock: systemClock,
    tenantId: '99999999-8888-7777-6666-555555555555',
    principalId: principal,
  });
  const streamColumns = columns.map(({ name, type }) => ({ name, type }));
  const ingestion = await startIngestion({
    clock: systemClock,
    directory,
    keys: identity.jwks(),
    issuer: identity.issuer,
    rules: [{ immutableId: rule, streams: { [stream]: streamColumns }, publishers: [principal] }],
    mode: 'keep',
    rate: 'unlimited',
  });
  const aws = await startAwsCloud({
    issuer: identity.issuer,
    audience,
    subject: principal,
    workspaceId,
    jwks: async () => identity.jwks(),
    clock: systemClock,
    dataFolder: directory,
  });

  const deliverBytes = async (name: string, content: Uint8Array): Promise<void> => {
    const key = `AWSLogs/222222222222/CloudTrail/eu-central-1/2026/11/01/222222222222_CloudTrail_eu-central-1_20261101T0005Z_${name}.json.gz`;
    await aws.putLogFile(key, content);
    aws.announce([
      JSON.stringify({
        Records: [
          {
            eventSource: 'aws:s3',
            eventName: 'ObjectCreated:Put',
            awsRegion: aws.region,
            s3: { bucket: { name: aws.bucket }, object: { key: encodeURIComponent(key), size: content.byteLength } },
          },
        ],
      }),
    ]);
  };

  return {
    aws,
    identity,
    ingestion,
    environment: {
      IDENTITY_ENDPOINT: identity.endpoint,
      IDENTITY_HEADER: identity.header,
      WORKSPACE_ID: workspaceId,
      AWS_CREDENTIALS: 'managed-identity',
      AWS_WEB_IDENTITY_AUDIENCE: audience,
      AWS_HUB_ROLE_ARN: aws.hubRoleArn,
      AWS_ROLE_ARN: aws.roleArn,
      AWS_ENDPOINT_URL: aws.endpoint,
      SQS_QUEUE_URL: aws.queueUrl,
      ALLOWED_BUCKETS: aws.bucket,
      LOGS_INGESTION_ENDPOINT: ingestion.endpoint,
      DCR_IMMUTABLE_IDS: rule,
      DCR_STREAM: stream,
      DRAIN_SCHEDULE: '0 * * * * *',
      // A slice ends with its queue empty, long before.
      SLICE_SECONDS: '120',
      LONG_POLL_SECONDS: '1',
      LINGER_MS: '20',
    },
    deliver: (name, eventIds) => deliverBytes(name, logFile(eventIds)),
    deliverBytes,
    arrived: async () => {
      const ids: string[] = [];
      for await (const { values } of readRows(ingestion.tableFile)) {
        ids.push(String(values['AwsEventId']));
      }
      return ids.sort();
    },
    stop: async () => {
      await Promise.all([aws.stop(), ingestion.stop(), identity.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function logFile(eventIds: readonly string[]): Uint8Array {
  const Records = eventIds.map((eventID) => ({
    eventVersion: '1.11',
    eventTime: '2026-11-01T00:00:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    awsRegion: 'eu-central-1',
    eventID,
  }));
  return gzipSync(JSON.stringify({ Records }));
}
