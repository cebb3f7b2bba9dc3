import { ConnectorError } from '../../../words/errors.ts';
import { type Finding, failure, type Link, notVerifiable, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';
import { setQueue } from './queue.ts';

/** The queue to which messages go that could not be delivered: the redrive policy names it, and it tells the rest itself. */
export function deadLetterLink({ name, parts, found, settings }: SourceLook): Link {
  return {
    name: name('dead-letter queue'),
    needs: [name('queue')],
    run: async (signal) => {
      const arn = found.attributes?.redrive?.deadLetterArn;
      if (arn === undefined) return none(settings.queueUrl);
      try {
        const told = await parts().queue.attributesOf(arn.split(':').at(-1) ?? '', signal);
        const letters = told.visible + told.inFlight;
        if (letters > 0) return lettersWait(arn, letters);
        if (told.retentionSeconds < longestRetention) return forgetsSooner(arn, told.retentionSeconds);
        return ok(`${arn}: empty, and keeps messages for 14 days`);
      } catch (error) {
        if (error instanceof ConnectorError && /^queue-(?:denied|not-found)$/.test(error.code)) {
          return notVerifiable(
            'dead-letter-queue-not-told',
            `the queue names ${arn}, which is not told about: it is gone, or the role has no right to it`,
            `Check that it exists; to have it looked at, allow sqs:GetQueueAttributes on it to ${settings.roleArn} (statement CheckDeadLetterQueue of infra/aws/connector.yaml).`,
          );
        }
        throw error;
      }
    },
  };
}

/** 14 days. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const longestRetention = 1_209_600;

function none(queueUrl: string): Finding {
  const redrive =
    '{"RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"ARN OF THE SECOND QUEUE\\",\\"maxReceiveCount\\":\\"10\\"}"}';
  return failure(
    'dead-letter-queue-missing',
    'the queue has no dead-letter queue: what cannot be read comes back until its retention ends, and then is gone',
    `Create a second queue in the same account and region, and name it in the first. ${setQueue(queueUrl, redrive)}`,
  );
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
    `${arn} forgets messages ${Math.round(retentionSeconds / 3600)} hours after they were first sent: time in the queue counts, and little is left to see why they failed`,
    'Set its MessageRetentionPeriod to 1209600 (14 days) in the SQS console.',
  );
}
