import { hash } from 'node:crypto';
import { posix, sep } from 'node:path';
import { decide } from '../../../shared/cloudtrail/announcing/decision.ts';
import { describeObjectKey } from '../../../shared/cloudtrail/announcing/objectKey.ts';

/**
 * Gives every file below a folder a key of its own: its path where CloudTrail could have written there, else a key that
 * CloudTrail could have written.
 */
export class ObjectKeys {
  readonly #day: string;
  /** Of each key 48 bits of its hash: a chance equality only costs a prefix. */
  readonly #taken = new Set<number>();

  /** `now`, in milliseconds, dates the keys of files whose name tells no day. */
  constructor(now: number) {
    this.#day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  }

  /** Never gives a key twice: two files of one name must stay two objects. */
  keyFor(relativePath: string): string {
    const key = plausibleKey(relativePath, this.#day);
    for (let copy = 1; ; copy++) {
      const candidate = copy === 1 ? key : `copy-${copy}/${key}`;
      const mark = Buffer.from(hash('sha1', candidate, 'hex').slice(0, 12), 'hex').readUIntBE(0, 6);
      if (this.#taken.has(mark)) continue;
      this.#taken.add(mark);
      return candidate;
    }
  }
}

/** Undefined, or why a file whose path is a key is of no interest whatever it holds. */
export function reasonToSkip(relativePath: string): string | undefined {
  const path = slashed(relativePath);
  if (!/(^|\/)AWSLogs\//.test(path)) return /_CloudTrail-Digest_/.test(path) ? digestReason : undefined;
  const { fate } = describeObjectKey(path);
  return fate.fate === 'skip' ? fate.reason : undefined;
}

export const digestReason = 'a digest file, which holds no events';

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
const fileName =
  /^(?<account>\d{12})_(?<service>CloudTrail|CloudTrail-Insight|CloudTrail-NetworkActivity)_(?<region>[a-z0-9-]+)_(?<day>\d{8})T\d{4}Z_\w+\.json(\.gz)?$/;

function plausibleKey(relativePath: string, today: string): string {
  const path = slashed(relativePath);
  // The second is for a folder that is itself called AWSLogs.
  for (const key of [path, `AWSLogs/${path}`]) if (isReadable(key)) return key;
  const { dir, base } = posix.parse(path.replace(/[\p{Cc}\\]/gu, '_').toWellFormed());
  const known = fileName.exec(base)?.groups;
  const { account = '000000000000', service = 'CloudTrail', region = 'us-east-1', day = today } = known ?? {};
  const date = `${day.slice(0, 4)}/${day.slice(4, 6)}/${day.slice(6)}`;
  const place = `AWSLogs/${account}/${service}/${region}/${date}`;
  const key = `${dir === '' ? '' : `${dir}/`}${place}/${withExtension(base)}`;
  // Too long for a key, or else not to be one: only what the name hashes to is kept.
  return isReadable(key) ? key : `${place}/${hash('sha1', relativePath, 'hex')}.json`;
}

function isReadable(key: string): boolean {
  return decide({ bucket: 'any', key }, ['any']).fate === 'ingest';
}

function withExtension(base: string): string {
  const stem = base.replace(/\.json(\.gz)?$|\.gz$/i, '');
  return `${stem}${/\.gz$/i.test(base) ? '.json.gz' : '.json'}`;
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
