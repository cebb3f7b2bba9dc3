import { describe, expect, it } from 'vitest';
import type { AwsCloud } from '../../../../local/aws/startAwsCloud.ts';
import { putBeside, sourceObjectOf } from '../../../../proof/faults/run/beside.ts';
import { describeObjectKey } from '../../../../shared/cloudtrail/announcing/objectKey.ts';

const near = {
  key: 'AWSLogs/222222222222/CloudTrail/eu-central-1/2026/11/01/222222222222_CloudTrail_eu-central-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz',
  gzip: new Uint8Array(),
  rows: [],
};

/** What is put and announced. */
function bucket() {
  const stored: string[] = [];
  const announced: string[] = [];
  const aws = {
    bucket: 'logs',
    announce: (bodies: readonly string[]) => announced.push(...bodies),
    putLogFile: async (key: string) => void stored.push(key),
  } as unknown as AwsCloud;
  return { aws, stored, announced };
}

describe('putBeside', () => {
  it('crowds one message that SQS still takes with objects of no interest', async () => {
    const { aws, announced } = bucket();
    const { keys } = await putBeside(aws, 'crowd', 5_998, near);
    expect(announced).toHaveLength(1);
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    expect(announced[0]?.length).toBeLessThan(1_048_576);
    const { s3ObjectKey } = JSON.parse(announced[0] ?? '') as { s3ObjectKey: string[] };
    expect(s3ObjectKey).toHaveLength(5_999);
    expect(s3ObjectKey.at(-1)).toBe(near.key);
    expect(describeObjectKey(s3ObjectKey[0] ?? '').fate).not.toEqual(describeObjectKey(near.key).fate);
    expect(keys).toEqual([]);
  });

  it("announces other services' files, each by a message of its own", async () => {
    const { aws, announced } = bucket();
    await putBeside(aws, 'foreign', 7, near);
    expect(new Set(announced).size).toBe(7);
    expect(announced.join()).not.toContain(near.key);
  });

  it('names a file of stubs, whose rows are none of the trail', async () => {
    const { aws, announced, stored } = bucket();
    const { keys } = await putBeside(aws, 'stubs', 3, near);
    expect(stored).toEqual(keys);
    expect(announced[0]).toContain(keys[0]);
    expect(sourceObjectOf(keys[0] ?? '')).toBe('20261101T0005Z_Stubs00000000003');
  });
});
