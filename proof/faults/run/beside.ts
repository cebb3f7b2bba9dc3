import { gzipSync } from 'node:zlib';
import type { AwsCloud } from '../../../local/aws/startAwsCloud.ts';
import { describeObjectKey } from '../../../shared/cloudtrail/announcing/objectKey.ts';
import type { KnownObject } from '../judge/knownTrail.ts';
import type { BesideName } from './faultKinds.ts';

/** What was put beside the trail. */
export interface Beside {
  /** Log files that are no part of the trail: their rows are none of its own. */
  readonly keys: readonly string[];
}

/** Puts so many of something beside an object of the trail, and announces it. */
export function putBeside(aws: AwsCloud, what: BesideName, count: number, near: KnownObject): Promise<Beside> {
  return makers[what](aws, count, near);
}

/** By which the rows of a file say where they came from. */
export function sourceObjectOf(key: string): string {
  return describeObjectKey(key).sourceObject;
}

const makers: Readonly<Record<BesideName, (aws: AwsCloud, count: number, near: KnownObject) => Promise<Beside>>> = {
  async crowd(aws, count, { key }) {
    // As the topic of a trail tells of several files: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
    const digests = Array.from({ length: count }, (_, index) => digestKey(key, index));
    aws.announce([JSON.stringify({ s3Bucket: aws.bucket, s3ObjectKey: [...digests, key] })]);
    return { keys: [] };
  },
  async foreign(aws, count) {
    aws.announce(
      Array.from({ length: count }, (_, index) => {
        const s3 = { bucket: { name: aws.bucket }, object: { key: foreignKey(index), size: 1234 } };
        return JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] });
      }),
    );
    return { keys: [] };
  },
  async stubs(aws, count, near) {
    const key = besideKey(near.key, count);
    await aws.putLogFile(key, gzipSync(`{"Records":[${Array(count).fill('[]').join(',')}]}`));
    aws.announce([JSON.stringify({ s3Bucket: aws.bucket, s3ObjectKey: [key] })]);
    return { keys: [key] };
  },
};

/** Delivered at the same minute, under a name of its own. */
function besideKey(key: string, number: number): string {
  return key.replace(/_[^_]+$/, `_Stubs${number.toString().padStart(11, '0')}.json.gz`);
}

function digestKey(key: string, number: number): string {
  const folder = key.split('/').slice(0, 2).join('/');
  return `${folder}/CloudTrail-Digest/eu-central-1/2026/11/01/222222222222_CloudTrail-Digest_eu-central-1_t_eu-central-1_20261101T${String(number).padStart(6, '0')}Z.json.gz`;
}

function foreignKey(number: number): string {
  const unique = number.toString(16).toUpperCase().padStart(16, '0');
  const account = '222222222222';
  const keys = [
    `access-logs/2026-11-01-00-05-00-${unique}`,
    `AWSLogs/${account}/Config/eu-central-1/2026/11/1/ConfigSnapshot/${account}_Config_eu-central-1_ConfigSnapshot_20261101T000500Z_${unique}.json.gz`,
    `AWSLogs/${account}/elasticloadbalancing/eu-central-1/2026/11/01/${account}_elasticloadbalancing_eu-central-1_app.x.${unique}_20261101T0005Z_10.0.0.1_x.log.gz`,
  ];
  return keys[number % keys.length] ?? '';
}
