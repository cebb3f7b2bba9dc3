import { type Notification, Reading } from './reading.ts';
import { remedies } from './remedies.ts';
import { readText } from './text.ts';
import { readValue } from './value.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 1 MiB, so never more characters. */
export const maxBodyCharacters = 1_048_576;

/**
 * The longest route of any sense is a Lambda destination of a queue of a topic of a rule: nine. Each costs at most the
 * size of the message once more, so the whole stays linear.
 */
const maxDepth = 12;

/**
 * Reads the body of one queue message, whatever route it took: S3 directly, through SNS (enveloped or raw), EventBridge,
 * Lambda or a pipe, or CloudTrail's own SNS notification. No URL in a message is ever followed. Linear in the size of
 * the message; never throws.
 */
export function parseNotification(body: string): Notification {
  const reading = new Reading();
  if (body.length > maxBodyCharacters) {
    reading.fault(() => `the message has ${body.length} characters, more than SQS can carry`, remedies.unknown);
  } else {
    reading.look(body, { name: () => 'the message', depth: 0 });
  }
  for (const { content, at } of reading.parts()) {
    if (at.depth > maxDepth) reading.fault(() => `${at.name()} is too deep in other messages`, remedies.wrapped);
    else if (typeof content === 'string') readText(content, at, reading);
    else readValue(content, at, reading);
  }
  return reading.answer();
}
