import type { TokenCredential } from '@azure/core-auth';
import { describe, expect, it, vi } from 'vitest';
import { trailReads } from '../../../shared/aws/cloudtrail/trails.ts';
import { sourceCredentials } from '../../../shared/aws/credentials/sourceCredentials.ts';
import { bucketReads } from '../../../shared/aws/s3/bucketReads.ts';
import { s3ObjectStore } from '../../../shared/aws/s3/objectStore.ts';
import { composeSource } from '../../../shared/compose/source.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { readSettings } from '../../../shared/settings/settings.ts';

vi.mock('../../../shared/aws/cloudtrail/trails.ts', { spy: true });
vi.mock('../../../shared/aws/credentials/sourceCredentials.ts', { spy: true });
vi.mock('../../../shared/aws/s3/bucketReads.ts', { spy: true });
vi.mock('../../../shared/aws/s3/objectStore.ts', { spy: true });

const identity: TokenCredential = { getToken: () => Promise.reject(new Error('nobody is asked')) };
const parts = { sourceCredentials, s3ObjectStore, bucketReads, trailReads };

/** What each part was told when a source was composed. */
function toldOf(queueUrl: string): Readonly<Record<string, boolean | undefined>> {
  vi.clearAllMocks();
  const reading = readSettings({
    WORKSPACE_ID: '3c1f5f0e-6f0a-4f5c-9d1b-2a7e8c4d9b10',
    AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/reader',
    AWS_HUB_ROLE_ARN: 'arn:aws:iam::444455556666:role/hub',
    AWS_WEB_IDENTITY_AUDIENCE: 'api://connector',
    SQS_QUEUE_URL: queueUrl,
    ALLOWED_BUCKETS: 'trail-bucket',
    LOGS_INGESTION_ENDPOINT: 'https://trail-ab12.westeurope-1.ingest.monitor.azure.com',
    DCR_IMMUTABLE_IDS: 'dcr-0123456789abcdef0123456789abcdef',
  });
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  const world = { clock: systemClock, random: () => 0.5 };
  composeSource(reading.settings, reading.settings.sources[0], identity, world).close();
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, vi.mocked(part).mock.calls[0]?.[0]?.isFips]),
  );
}

describe('a source', () => {
  it("calls every service by its FIPS host where the queue's URL names one", () => {
    expect(toldOf('https://sqs-fips.us-east-1.amazonaws.com/111122223333/trail')).toEqual({
      ...{ sourceCredentials: true, s3ObjectStore: true, bucketReads: true, trailReads: true },
    });
  });

  it('calls every service by its usual host otherwise', () => {
    expect(toldOf('https://sqs.us-east-1.amazonaws.com/111122223333/trail')).toEqual({
      ...{ sourceCredentials: false, s3ObjectStore: false, bucketReads: false, trailReads: false },
    });
  });
});
