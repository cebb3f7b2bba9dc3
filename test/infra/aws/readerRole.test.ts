import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { TokenCredential } from '@azure/core-auth';
import { afterEach, describe, expect, it } from 'vitest';
import { wildcard } from '../../../local/aws/trust/iam/wildcard.ts';
import { type Clouds, startClouds } from '../../../local/clouds.ts';
import { storageValues } from '../../../shared/azure/storage/accountValues.ts';
import { check } from '../../../shared/compose/check/check.ts';
import { compose } from '../../../shared/compose/connector.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { readSettings } from '../../../shared/settings/settings.ts';

const key =
  'AWSLogs/222222222222/CloudTrail/eu-central-1/2026/11/01/222222222222_CloudTrail_eu-central-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';
const kmsKeyArn = 'arn:aws:kms:eu-central-1:222222222222:key/0b1e5c1d-7a3f-4c52-9d0e-5f6a7b8c9d0e';

let stop: () => Promise<void> = async () => {};
afterEach(() => stop());

/** A log file is announced by its version, as buckets that keep versions do. */
function announcement(bucket: string): string {
  const object = { key: encodeURIComponent(key), size: 100, versionId: 'L4kqtJlcpXroDTDmpUMLUo' };
  const s3 = { bucket: { name: bucket }, object };
  return JSON.stringify({
    Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', awsRegion: 'eu-central-1', s3 }],
  });
}

async function drainAndCheck(options: { readonly kmsKeyArn?: string }): Promise<Clouds> {
  const folder = await mkdtemp(join(tmpdir(), 'role-'));
  const clouds = await startClouds({ folder, clock: systemClock, mode: 'count', ...options });
  stop = async () => {
    await clouds.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const { appSettings, aws, identity, ingestion } = clouds;
  const credential: TokenCredential = {
    getToken: async (scopes) => ({
      token: await identity.issueToken(String(scopes).replace(/\/\.default$/, '')),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
  const record = { eventVersion: '1.11', eventTime: '2026-11-01T00:00:00Z', eventID: 'one' };
  await aws.putLogFile(key, gzipSync(JSON.stringify({ Records: [record] })));
  aws.announce([announcement(aws.bucket)]);
  const reading = readSettings(appSettings);
  if (!reading.ok) throw new Error(reading.problems.join('; '));
  const silent = () => {};
  const connector = compose(reading.settings, {
    ...{ clock: systemClock, random: Math.random, instance: 'one', identity: credential },
    ...{ storage: storageValues(appSettings), ingestionCa: ingestion.ca },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  const [summary] = await connector.drainAll(new AbortController().signal);
  connector.close();
  expect(summary).toMatchObject({ ended: 'queue-empty', rowsAccepted: 1 });
  const report = await check(appSettings, {
    ...{ clock: systemClock, takesSample: true, identity: credential, ingestionCa: ingestion.ca },
  });
  expect(report.links.filter(({ status }) => status !== 'ok')).toEqual([]);
  return clouds;
}

describe('the reader role of connector.yaml', () => {
  it.each([
    ['without a key', {}],
    ["with a customer's key", { kmsKeyArn }],
  ])('allows what a drain and a check use, and nothing more (%s)', async (_, options) => {
    const { aws } = await drainAndCheck(options);
    const role = aws.world.roles.get(aws.roleArn);
    if (role === undefined) throw new Error('there is no reader role');
    const { Statement } = role.permissions.document as {
      readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: string | string[] }[];
    };
    const used = [...role.used].map((use) => use.split(' ') as [action: string, resource: string]);
    const unused = Statement.flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) =>
        [Resource]
          .flat()
          .filter((resource) => !used.some(([name, on]) => name === action && wildcard(resource)(on)))
          .map((resource) => `${action} on ${resource}`),
      ),
    );
    expect(unused).toEqual([]);
    // Refused are the attempts to assume the role without its external ID, and nothing else.
    const denied = Object.keys(aws.stats().failures).filter((name) => name.endsWith('AccessDenied'));
    expect(denied).toEqual(['sts:AssumeRole:AccessDenied']);
  });
});
