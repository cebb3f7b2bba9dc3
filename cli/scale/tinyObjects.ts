import { gzipSync } from 'node:zlib';
import { createRandom } from '../../local/trail/random.ts';

/** A log file with one record. */
export interface TinyObject {
  readonly key: string;
  readonly eventId: string;
  readonly gzip: Uint8Array;
}

/** So many log files of one record each; equal arguments give equal files. */
export function* tinyObjects(seed: string, count: number, now: number): Generator<TinyObject> {
  const random = createRandom(`scale/${seed}`);
  const day = new Date(now).toISOString().slice(0, 10);
  const stamp = `${day.replaceAll('-', '')}T${new Date(now).toISOString().slice(11, 16).replace(':', '')}Z`;
  const account = '111122223333';
  for (let index = 0; index < count; index++) {
    const eventId = random.uuid();
    const name = `${account}_CloudTrail_eu-central-1_${stamp}_${random.text(letters, 16)}.json.gz`;
    const record = {
      eventVersion: '1.11',
      eventTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
      eventSource: 's3.amazonaws.com',
      eventName: 'ListBuckets',
      awsRegion: 'eu-central-1',
      eventID: eventId,
      eventType: 'AwsApiCall',
      recipientAccountId: account,
    };
    yield {
      key: `AWSLogs/${account}/CloudTrail/eu-central-1/${day.replaceAll('-', '/')}/${name}`,
      eventId,
      gzip: gzipSync(JSON.stringify({ Records: [record] })),
    };
  }
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
