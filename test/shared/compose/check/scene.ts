import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { type Clouds, startClouds } from '../../../../local/clouds.ts';
import { closeServer, listenOnLoopback } from '../../../../local/process/loopbackServer.ts';
import { storageValues } from '../../../../shared/azure/storage/accountValues.ts';
import type { CheckReport } from '../../../../shared/compose/check/chain.ts';
import { type CheckWorld, check } from '../../../../shared/compose/check/check.ts';
import { compose } from '../../../../shared/compose/connector.ts';
import { systemClock } from '../../../../shared/kit/systemClock.ts';
import { readSettings } from '../../../../shared/settings/settings.ts';
import { sqsClient } from '../../../local/aws/cloudFixture.ts';
import { remember } from './remember.ts';

/** What one mistake changes beside the clouds themselves. */
export interface Change {
  readonly settings?: Readonly<Record<string, string>>;
  readonly world?: Partial<CheckWorld>;
  /** What the restoring of the clouds does not know of. */
  readonly undo?: () => Promise<void>;
}

/** The clouds with a trail's log file that is announced, and a check of them. */
export interface CheckScene {
  readonly clouds: Clouds;
  /** Key of the announced log file. */
  readonly key: string;
  /** Tells the check about the system as it is, with the change. */
  check(change?: Change): Promise<CheckReport>;
  /** Address of a storage service that answers everything so. */
  storageThatAnswers(status: number, code: string): string;
  announce(bodies: readonly string[]): void;
  queueAttributes(attributes: Readonly<Record<string, string>>, name?: 'queue' | 'dlq'): Promise<void>;
  /** Receives the announced message, and gives it back at once. */
  receiveOften(times: number): Promise<void>;
  /** Changes a policy's text. */
  changePolicy(of: 'reader' | 'reader-trust' | 'hub' | 'hub-trust', change: (text: string) => string): void;
  /** One slice of the app. */
  drain(): Promise<void>;
  /** Everything as it was at the start. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

/** Written an hour ago. */
const time = new Date(Date.now() - 3_600_000).toISOString();
const day = `AWSLogs/222222222222/CloudTrail/eu-central-1/${time.slice(0, 10).replaceAll('-', '/')}/`;
const minute = time.slice(0, 16).replaceAll(/[-:]/g, '');
const key = `${day}222222222222_CloudTrail_eu-central-1_${minute}Z_Ab3dE6gH8jK0lMn2.json.gz`;
const queueSettings = { VisibilityTimeout: '180', MessageRetentionPeriod: '1209600' };

export async function startScene(): Promise<CheckScene> {
  const folder = await mkdtemp(join(tmpdir(), 'check-'));
  const clouds = await startClouds({ folder, clock: systemClock, mode: 'count' });
  const { aws, identity, ingestion } = clouds;
  const stub = await storageStub();
  const owner = sqsClient(aws, aws.ownerCredentials);
  const restoreWorld = remember(aws.world);
  const queueAttributes: CheckScene['queueAttributes'] = async (Attributes, name = 'queue') => {
    const QueueUrl = name === 'queue' ? aws.queueUrl : aws.dlqUrl;
    await owner.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { ...Attributes } }));
  };
  const queue = [...aws.world.queues.values()].find(({ url }) => url === aws.queueUrl);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `${queue?.arn}-dlq`, maxReceiveCount: 10 });
  const Policy = JSON.stringify(queue?.policy?.document);
  const scene: CheckScene = {
    ...{ clouds, key, queueAttributes },
    check: ({ settings = {}, world = {} } = {}) =>
      check(
        { ...clouds.appSettings, ...settings },
        { clock: systemClock, takesSample: true, identity: credential(identity), ingestionCa: ingestion.ca, ...world },
      ),
    storageThatAnswers: stub.answering,
    announce: (bodies) => void aws.announce(bodies),
    async receiveOften(times) {
      for (let time = 0; time < times; time++) {
        await owner.send(new ReceiveMessageCommand({ QueueUrl: aws.queueUrl, VisibilityTimeout: 0 }));
      }
    },
    changePolicy(of, change) {
      const arn = of.startsWith('hub') ? aws.hubRoleArn : aws.roleArn;
      const role = aws.world.roles.get(arn);
      const isTrust = of.endsWith('-trust');
      const before = JSON.stringify((isTrust ? role?.trust : role?.permissions)?.document);
      const after = change(before);
      if (after === before) throw new Error(`the change of ${of} changes nothing`);
      if (isTrust) aws.world.setTrust(arn, JSON.parse(after));
      else aws.world.setPermissions(arn, JSON.parse(after));
    },
    async drain() {
      const reading = readSettings(clouds.appSettings);
      if (!reading.ok) throw new Error(reading.problems.join('; '));
      const silent = () => {};
      const connector = compose(reading.settings, {
        ...{ clock: systemClock, random: Math.random, instance: 'one', identity: credential(identity) },
        ...{ storage: storageValues(clouds.appSettings), ingestionCa: ingestion.ca },
        logger: { debug: silent, info: silent, warn: silent, error: silent },
      });
      await connector.drainAll(new AbortController().signal);
      connector.close();
    },
    async restore() {
      restoreWorld();
      aws.faults.clear();
      identity.setSubject(undefined);
      identity.setAudience(undefined);
      aws.purgeQueue();
      await queueAttributes({ ...queueSettings, RedrivePolicy, Policy });
      await queueAttributes({ MessageRetentionPeriod: '1209600' }, 'dlq');
      await aws.putLogFile(key, gzipSync('{"Records":[]}'));
      scene.announce([announcement(aws.bucket, key)]);
    },
    async stop() {
      owner.destroy();
      await Promise.all([clouds.stop(), stub.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await scene.restore();
  return scene;
}

/** As S3 announces an object. */
export function announcement(bucket: string, name: string): string {
  const object = { key: encodeURIComponent(name), size: 34 };
  const s3 = { bucket: { name: bucket }, object };
  return JSON.stringify({
    Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', awsRegion: 'eu-central-1', s3 }],
  });
}

/** Tokens as the identity endpoint gives them, none of them remembered. */
function credential(identity: Clouds['identity']): TokenCredential {
  return {
    getToken: async (scopes): Promise<AccessToken> => ({
      token: await identity.issueToken(String(scopes).replace(/\/\.default$/, '')),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
}

async function storageStub() {
  const server = createServer((request, response) => {
    const [, status = '', code = ''] = (request.url ?? '').split('/');
    const error = { 'odata.error': { code, message: { lang: 'en-US', value: `${code} as planned.` } } };
    response.writeHead(Number(status), { 'content-type': 'application/json', 'x-ms-error-code': code });
    response.end(JSON.stringify(error));
  });
  const port = await listenOnLoopback(server);
  return {
    answering: (status: number, code: string) => `http://127.0.0.1:${port}/${status}/${code}`,
    stop: () => closeServer(server),
  };
}
