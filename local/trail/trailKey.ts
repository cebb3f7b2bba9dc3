import type { Account } from './estate.ts';

/** The folder of a log file's kind: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
export type TrailFileKind = 'CloudTrail' | 'CloudTrail-Insight' | 'CloudTrail-NetworkActivity' | 'CloudTrail-Digest';

export interface TrailKeyParts {
  readonly kind: TrailFileKind;
  readonly account: Account;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly deliveredAt: number;
  /** 16 characters that make a log file's name unique; the trail's name and home region for a digest. */
  readonly unique: string;
  readonly prefix?: string | undefined;
}

/** The key under which CloudTrail stores a file: delivery time in the folders and in the name, both in UTC. */
export function trailKey({ kind, account, region, deliveredAt, unique, prefix }: TrailKeyParts): string {
  const time = new Date(deliveredAt).toISOString();
  const [year, month, day] = time.slice(0, 10).split('-');
  const folders = [
    ...(prefix === undefined || prefix === '' ? [] : [prefix]),
    'AWSLogs',
    ...(account.organizationId === undefined ? [] : [account.organizationId]),
    account.id,
    kind,
    region,
    year,
    month,
    day,
  ];
  const compact = time.replaceAll(/[-:]/g, '');
  const name =
    kind === 'CloudTrail-Digest'
      ? `${account.id}_${kind}_${region}_${unique}_${compact.slice(0, 15)}Z`
      : `${account.id}_${kind}_${region}_${compact.slice(0, 13)}Z_${unique}`;
  return `${folders.join('/')}/${name}.json.gz`;
}
