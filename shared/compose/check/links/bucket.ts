import { NotTold } from '../../../aws/answers/notTold.ts';
import { describeObjectKey } from '../../../cloudtrail/announcing/objectKey.ts';
import { type Finding, failure, type Link, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';
import { newestLogFile } from './newestLogFile.ts';

export function bucketLink(look: SourceLook, bucket: string): Link {
  const { name, parts, settings, found } = look;
  return {
    name: name(`bucket ${bucket}`),
    needs: [name('target role')],
    run: async (signal) => {
      const { buckets, unitNamed } = parts();
      try {
        const region = await buckets.region(bucket, signal);
        const key = await newestLogFile(buckets, bucket, settings.queueRegion, signal);
        if (key === undefined) return nothingThere(bucket, region);
        found.newest.set(bucket, key);
        found.logFile ??= unitNamed({ bucket, key });
        const { deliveredAt } = describeObjectKey(key);
        return ok(`lies in ${region}; a newest log file was written ${deliveredAt ?? 'at an unknown time'}: ${key}`);
      } catch (error) {
        if (error instanceof NotTold) return notTold(error, bucket, settings.roleArn);
        throw error;
      }
    },
  };
}

function nothingThere(bucket: string, region: string): Finding {
  return warning(
    'no-log-files',
    `lies in ${region} and holds no log file of CloudTrail where it writes them, below AWSLogs/`,
    `Check that a trail writes to ${bucket}: in a new one log files appear within some 15 minutes.`,
  );
}

function notTold({ isDenied, isMissing, message }: NotTold, bucket: string, roleArn: string): Finding {
  if (isMissing) {
    const remedy = `Check ${bucket} in ALLOWED_BUCKETS, and that the bucket still exists in this partition.`;
    return failure('bucket-not-found', message, remedy);
  }
  return isDenied
    ? warning(
        'bucket-list-denied',
        `${message}; a log file that is missing then looks like a forbidden one`,
        `Allow s3:ListBucket on arn:*:s3:::${bucket} to ${roleArn}, and check for a deny in the bucket's policy.`,
      )
    : failure(
        'object-store-unavailable',
        message,
        'Check that this machine may reach S3 of the region over HTTPS (DNS, firewall, proxy).',
      );
}
