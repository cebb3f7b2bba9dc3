import { describe, expect, it } from 'vitest';
import type { BucketReads } from '../../../../../shared/aws/s3/bucketReads.ts';
import { newestLogFile } from '../../../../../shared/compose/check/links/newestLogFile.ts';

const file = (account: string, region: string, day: string, name: string): string =>
  `${account}/CloudTrail/${region}/${day}/${account.split('/').at(-1)}_CloudTrail_${region}_${name}.json.gz`;

/** A bucket of these keys, listed as S3 lists a level. */
function bucketOf(keys: readonly string[]): {
  readonly reads: Pick<BucketReads, 'level'>;
  readonly asked: () => number;
} {
  let asked = 0;
  return {
    asked: () => asked,
    reads: {
      level: async (_bucket, prefix) => {
        asked++;
        const below = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
        const folders = below.filter((rest) => rest.includes('/')).map((rest) => rest.slice(0, rest.indexOf('/') + 1));
        return {
          folders: [...new Set(folders)].sort().map((folder) => `${prefix}${folder}`),
          keys: below.filter((rest) => !rest.includes('/')).map((rest) => `${prefix}${rest}`),
        };
      },
    },
  };
}

const find = (keys: readonly string[]) =>
  newestLogFile(bucketOf(keys).reads, 'bucket', 'eu-central-1', new AbortController().signal);

describe('newestLogFile', () => {
  const old = file('222222222222', 'eu-central-1', '2025/12/31', '20251231T2355Z_a');
  const newest = file('222222222222', 'eu-central-1', '2026/11/02', '20261102T0005Z_b');

  it.each([
    ['at the top', ''],
    ['below a prefix', 'audit/'],
    ['below the organisation, as Control Tower writes', 'o-a1b2c3d4e5/'],
    ['below two folders', 'logs/audit/'],
  ])('finds the last file of the last day %s', async (_, prefix) => {
    const keys = [old, newest].map((key) => `${prefix}AWSLogs/${key}`);
    expect(await find(keys)).toBe(`${prefix}AWSLogs/${newest}`);
  });

  it('looks below the organisation of an organisation trail', async () => {
    expect(await find([`AWSLogs/o-a1b2c3d4e5/${newest}`])).toBe(`AWSLogs/o-a1b2c3d4e5/${newest}`);
  });

  it('takes an account that has a trail, beside others that have none', async () => {
    const keys = [`AWSLogs/${newest}`, 'AWSLogs/999999999999/vpcflowlogs/eu-central-1/2026/11/02/x.log.gz'];
    expect(await find(keys)).toBe(`AWSLogs/${newest}`);
  });

  it('takes no digest for a log file', async () => {
    expect(await find([`AWSLogs/${newest.replaceAll('CloudTrail', 'CloudTrail-Digest')}`])).toBeUndefined();
  });

  it('prefers the region of the queue, and takes another where there is none', async () => {
    const other = file('222222222222', 'us-east-1', '2026/11/03', '20261103T0005Z_c');
    expect(await find([`AWSLogs/${newest}`, `AWSLogs/${other}`])).toBe(`AWSLogs/${newest}`);
    expect(await find([`AWSLogs/${other}`])).toBe(`AWSLogs/${other}`);
  });

  it('finds nothing in a bucket of something else, and asks little', async () => {
    const keys = Array.from({ length: 500 }, (_, index) => `data/${index}/${index}/file`);
    const { reads, asked } = bucketOf(keys);
    expect(await newestLogFile(reads, 'bucket', 'eu-central-1', new AbortController().signal)).toBeUndefined();
    expect(asked()).toBeLessThan(20);
  });
});
