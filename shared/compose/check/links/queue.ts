import type { QueueAttributes } from '../../../aws/sqs/attributes.ts';
import { type Finding, failure, type Link, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

/** Is there such a queue, and may the role ask about it? */
export function queueLink({ name, parts, found, settings }: SourceLook): Link {
  return {
    name: name('queue'),
    needs: [name('target role')],
    run: async (signal) => {
      const attributes = await parts().queue.attributes(signal);
      found.attributes = attributes;
      const { visible, inFlight } = attributes;
      return ok(`${settings.queueUrl}: ${visible} messages wait, ${inFlight} are being worked on`);
    },
  };
}

/** How the queue is set up: a queue that answers may still lose what it is given. */
export function queueSetUpLink({ name, found, settings }: SourceLook): Link {
  return {
    name: name('queue: set-up'),
    needs: [name('queue')],
    run: async () => {
      const { attributes } = found;
      if (attributes === undefined) throw new Error('the queue was not asked');
      const [problem] = problemsOf(attributes, settings.queueUrl);
      const { redrive, retentionSeconds, visibilitySeconds } = attributes;
      return (
        problem ??
        ok(
          `${redrive?.mostReceives} receives of a message, kept ${Math.round(retentionSeconds / 86_400)} days, hidden ${visibilitySeconds} seconds`,
        )
      );
    },
  };
}

/** Fewer, and passing trouble (a role just made, a service that is away) uses them up; the check's own look is one, too. */
export const fewestReceives = 5;
/** 4 days, SQS's own default; the templates set 14. */
const shortestRetention = 345_600;
/** SQS's own default. Each receive names its own time; this one counts for others that receive. */
const shortestVisibility = 30;

function problemsOf(
  { redrive, retentionSeconds, visibilitySeconds }: QueueAttributes,
  queueUrl: string,
): readonly Finding[] {
  const set = (attributes: string): string => setQueue(queueUrl, attributes);
  const problems: Finding[] = [];
  if (redrive !== undefined && redrive.mostReceives < fewestReceives) {
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

/** The command that changes a queue. @param attributes as JSON */
export function setQueue(queueUrl: string, attributes: string): string {
  return `Run: aws sqs set-queue-attributes --queue-url ${queueUrl} --attributes '${attributes}'`;
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
