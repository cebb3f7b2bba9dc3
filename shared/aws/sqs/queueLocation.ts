import { parseQueueUrl } from '../../words/partitions.ts';

/** What a queue URL says about its queue. */
export interface QueueLocation {
  readonly region: string;
  /** Where requests go: the queue's host as it is given. */
  readonly origin: string;
  readonly arn: string;
}

/** Undefined for anything that is not the URL of a standard queue, as the settings have it. */
export function readQueueLocation(queueUrl: string): QueueLocation | undefined {
  const place = parseQueueUrl(queueUrl);
  const [account, name] = queueUrl.split('/').slice(-2);
  if (place === undefined || account === undefined || name === undefined) {
    return undefined;
  }
  const { host, region, partition } = place;
  return { region, origin: `https://${host}`, arn: `arn:${partition}:sqs:${region}:${account}:${name}` };
}
