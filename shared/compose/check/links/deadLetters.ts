import { ConnectorError } from '../../../words/errors.ts';
import { type Finding, type Link, notVerifiable, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

/** The queue to which messages go that could not be delivered. */
export function deadLetterLink({ name, parts, found, settings }: SourceLook): Link {
  return {
    name: name('dead-letter queue'),
    needs: [name('queue')],
    run: async (signal) => {
      const arn = found.attributes?.redrive?.deadLetterArn ?? '';
      try {
        const { retentionSeconds, visible } = await parts().queue.attributesOf(arn.split(':').at(-1) ?? '', signal);
        if (visible > 0) return lettersWait(arn, visible);
        const needed = found.attributes?.retentionSeconds ?? 0;
        return retentionSeconds < needed ? forgetsSooner(arn, retentionSeconds) : ok(`${arn}: empty`);
      } catch (error) {
        if (error instanceof ConnectorError && /^queue-(?:denied|not-found)$/.test(error.code)) {
          return notVerifiable(
            'dead-letter-queue-not-told',
            `${arn} is not told about: it is gone, or the role has no right to it`,
            `Check that it exists; to have it looked at, allow sqs:GetQueueAttributes on it to ${settings.roleArn} (statement CheckDeadLetterQueue of infra/aws/connector.yaml).`,
          );
        }
        throw error;
      }
    },
  };
}

function lettersWait(arn: string, count: number): Finding {
  return warning(
    'dead-letters-wait',
    `${count} messages lie in ${arn}`,
    'See why with: npm run replay -- --list. Once the cause is mended, redrive the queue in the SQS console (Start DLQ redrive).',
  );
}

/** A message's age counts from its first sending. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
function forgetsSooner(arn: string, retentionSeconds: number): Finding {
  return warning(
    'dead-letter-retention-short',
    `${arn} forgets messages ${Math.round(retentionSeconds / 3600)} hours after they were first sent, sooner than the queue itself`,
    'Set its MessageRetentionPeriod to 1209600 (14 days) in the SQS console.',
  );
}
