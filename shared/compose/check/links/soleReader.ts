import { describeObjectKey } from '../../../cloudtrail/announcing/objectKey.ts';
import { unitOf } from '../../../pipeline/unit/logFile.ts';
import type { Clock } from '../../../words/clock.ts';
import { type Link, notVerifiable, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

/** S3 usually announces within seconds, sometimes in a minute or longer, and a slice begins every minute. */
const unseenForMs = 15 * 60_000;
/** Ledger entries are kept for 35 days, which all instances agree on by the day. */
const knownForMs = 34 * 24 * 3_600_000;

/**
 * A queue hands each message to one reader. If somebody else reads this one, log files are missing although nothing
 * fails: a newest one is in the bucket, its message is gone, and this app never saw it.
 */
export function soleReaderLink({ name, parts, found, ledger }: SourceLook, clock: Pick<Clock, 'now'>): Link {
  return {
    name: name('queue: only reader'),
    needs: [name('queue')],
    run: async () => {
      const waiting = (found.attributes?.visible ?? 0) + (found.attributes?.inFlight ?? 0);
      if (waiting > 0) return ok('messages wait for this app');
      if (ledger === undefined) {
        return notVerifiable(
          'no-ledger',
          'without storage nobody knows which log files this app has seen',
          'Set AzureWebJobsStorage to the storage account of the function app.',
        );
      }
      for (const [bucket, key] of found.newest) {
        const age = clock.now() - Date.parse(describeObjectKey(key).deliveredAt ?? '');
        if (!(age > unseenForMs && age < knownForMs)) continue;
        const unit = unitOf({ bucket, key });
        if ((await ledger.read(unit)) !== undefined) return ok(`this app has seen a newest log file: ${key}`);
        return warning(
          'drained-by-others',
          `s3://${bucket}/${key} was written ${Math.round(age / 60_000)} minutes ago, the queue is empty, and this app has not seen it`,
          `Find who else receives from ${parts().queue.arn} (CloudTrail data events of the queue, or the policies that allow sqs:ReceiveMessage on it) and give each reader a queue of its own behind an SNS topic. Nothing is wrong where the notification was set up after that file was written.`,
        );
      }
      return ok('no log file of late that this app should have seen');
    },
  };
}
