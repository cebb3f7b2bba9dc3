import { gzipSync } from 'node:zlib';
import type { Random } from './random.ts';
import { nameAlphabet } from './trailFile.ts';
import { trailKey } from './trailKey.ts';

const account = { id: '111122223333' };
const region = 'eu-central-1';

/** A log file of plain records, for whom only their number and their event IDs matter. */
export interface PlainLogFile {
  readonly key: string;
  readonly gzip: Uint8Array;
}

/** Makes a log file with one record for each event ID, delivered at a time in milliseconds since the epoch. */
export function plainLogFile(eventIds: readonly string[], deliveredAt: number, random: Random): PlainLogFile {
  const eventTime = `${new Date(deliveredAt).toISOString().slice(0, 19)}Z`;
  const Records = eventIds.map((eventID) => ({
    eventVersion: '1.11',
    eventTime,
    eventSource: 's3.amazonaws.com',
    eventName: 'PutObject',
    awsRegion: region,
    userAgent: random.hex(200),
    eventID,
    eventType: 'AwsApiCall',
    recipientAccountId: account.id,
  }));
  return {
    key: trailKey({ kind: 'CloudTrail', account, region, deliveredAt, unique: random.text(nameAlphabet, 16) }),
    gzip: gzipSync(JSON.stringify({ Records })),
  };
}
