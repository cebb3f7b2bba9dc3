import { createHash } from 'node:crypto';
import { isoSeconds } from './callers.ts';
import { type Account, estate } from './estate.ts';
import { type TrailFile, trailFile } from './trailFile.ts';
import { trailKey } from './trailKey.ts';

/**
 * One digest file per account and region over the last hour's log files:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 * The signature, which CloudTrail keeps in the object's metadata, is not made here.
 */
export function* createDigestFiles(
  logFiles: readonly TrailFile[],
  place: { readonly bucket: string; readonly now: number; readonly prefix: string | undefined },
): Generator<TrailFile> {
  const groups = Map.groupBy(logFiles, (file) => `${file.accountId}/${file.region}`);
  for (const files of groups.values()) {
    const [first] = files;
    if (first === undefined) continue;
    const account: Account = estate.accounts.find(({ id }) => id === first.accountId) ?? { id: first.accountId };
    const key = trailKey({
      kind: 'CloudTrail-Digest',
      account,
      region: first.region,
      deliveredAt: place.now,
      unique: `${estate.trailName}_${estate.trailHomeRegion}`,
      prefix: place.prefix,
    });
    yield trailFile(
      {
        key,
        kind: 'CloudTrail-Digest',
        accountId: first.accountId,
        region: first.region,
        deliveredAt: place.now,
        records: 0,
      },
      () => Buffer.from(JSON.stringify(digest(files, key, first.accountId, place))),
    );
  }
}

function digest(
  files: readonly TrailFile[],
  key: string,
  accountId: string,
  place: { readonly bucket: string; readonly now: number },
): object {
  const logFiles = files.map((file) => {
    const json = file.json();
    const times = Array.from(
      Buffer.from(json)
        .toString()
        .matchAll(/"eventTime":"([^"]+)"/g),
      ([, time]) => time,
    ).sort();
    return {
      s3Bucket: place.bucket,
      s3Object: file.key,
      // Over the uncompressed content.
      hashValue: createHash('sha256').update(json).digest('hex'),
      hashAlgorithm: 'SHA-256',
      newestEventTime: times.at(-1),
      oldestEventTime: times.at(0),
    };
  });
  const times = logFiles.flatMap((file) => [file.newestEventTime, file.oldestEventTime]).sort();
  return {
    awsAccountId: accountId,
    digestStartTime: isoSeconds(place.now - 3_600_000),
    digestEndTime: isoSeconds(place.now),
    digestS3Bucket: place.bucket,
    digestS3Object: key,
    digestPublicKeyFingerprint: '00000000000000000000000000000000',
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime: times.at(-1) ?? null,
    oldestEventTime: times.at(0) ?? null,
    previousDigestS3Bucket: null,
    previousDigestS3Object: null,
    previousDigestHashValue: null,
    previousDigestHashAlgorithm: null,
    previousDigestSignature: null,
    logFiles,
  };
}
