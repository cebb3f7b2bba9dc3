import type { QueueAttributes } from '../../../aws/sqs/attributes.ts';
import { type Finding, failure, type Link, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

/** The queue and how it is set up. */
export function queueLink({ name, parts, found, settings }: SourceLook): Link {
  return {
    name: name('queue'),
    needs: [name('target role')],
    run: async (signal) => {
      const attributes = await parts().queue.attributes(signal);
      found.attributes = attributes;
      const { visible, inFlight } = attributes;
      const [problem] = problemsOf(attributes, settings.queueUrl);
      return problem ?? ok(`${settings.queueUrl}: ${visible} messages wait, ${inFlight} are being worked on`);
    },
  };
}

/** Fewer, and passing trouble (a role just made, a service that is away) uses them up. */
const fewestReceives = 5;
/** 4 days, SQS's own default; the templates set 14. */
const shortestRetention = 345_600;
/** SQS's own default. Each receive names its own time; this one counts for others that receive. */
const shortestVisibility = 30;

function problemsOf(
  { redrive, retentionSeconds, visibilitySeconds }: QueueAttributes,
  queueUrl: string,
): readonly Finding[] {
  const set = (attributes: string): string =>
    `Run: aws sqs set-queue-attributes --queue-url ${queueUrl} --attributes '${attributes}'`;
  const problems: Finding[] = [];
  if (redrive === undefined) {
    const remedy = `Create a second queue in the same account and region, and name it in the first. ${set(
      '{"RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"ARN OF THE SECOND QUEUE\\",\\"maxReceiveCount\\":\\"10\\"}"}',
    )}`;
    problems.push(
      failure(
        'dead-letter-queue-missing',
        'the queue has no dead-letter queue: what cannot be read comes back until its retention ends, and then is gone',
        remedy,
      ),
    );
  } else if (redrive.mostReceives < fewestReceives) {
    problems.push(
      failure(
        'receive-count-low',
        `a message goes to the dead-letter queue after ${redrive.mostReceives} receives, so that passing trouble takes log files out of the way`,
        set(
          `{"RedrivePolicy":"{\\"deadLetterTargetArn\\":\\"${redrive.deadLetterArn}\\",\\"maxReceiveCount\\":\\"10\\"}"}`,
        ),
      ),
    );
  }
  if (retentionSeconds < shortestRetention) {
    problems.push(
      warning(
        'retention-short',
        `the queue forgets messages after ${Math.round(retentionSeconds / 3600)} hours: an outage that is longer loses log files`,
        set('{"MessageRetentionPeriod":"1209600"}'),
      ),
    );
  }
  if (visibilitySeconds < shortestVisibility) {
    problems.push(
      warning(
        'visibility-short',
        `a message that is received comes back after ${visibilitySeconds} seconds to whoever does not say otherwise`,
        set('{"VisibilityTimeout":"180"}'),
      ),
    );
  }
  return problems;
}

/** The rights without which nothing that was read could be settled. */
export function settlingLink({ name, parts }: SourceLook): Link {
  return {
    name: name('queue: settling'),
    needs: [name('target role'), name('queue')],
    run: async () => {
      await parts().queue.proveSettling();
      return ok('the role may delete messages and change their visibility');
    },
  };
}
