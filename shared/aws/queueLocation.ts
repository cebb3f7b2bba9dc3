/** What a queue URL says about its queue. */
export interface QueueLocation {
  readonly region: string;
  readonly account: string;
  readonly name: string;
  readonly arn: string;
}

/**
 * Reads `https://sqs.<region>.<suffix>/<account>/<name>` and the two older host names; undefined for anything else, FIFO queues included.
 * https://docs.aws.amazon.com/general/latest/gr/sqs-service.html
 */
export function readQueueLocation(queueUrl: string): QueueLocation | undefined {
  if (!URL.canParse(queueUrl)) {
    return undefined;
  }
  const { hostname, pathname } = new URL(queueUrl);
  const path = /^\/(\d{12})\/([A-Za-z0-9_-]{1,80})$/.exec(pathname);
  const region = regionOf(hostname);
  const [, account, name] = path ?? [];
  if (region === undefined || account === undefined || name === undefined) {
    return undefined;
  }
  return { region, account, name, arn: `arn:${partitionOf(hostname, region)}:sqs:${region}:${account}:${name}` };
}

function regionOf(hostname: string): string | undefined {
  if (hostname === 'queue.amazonaws.com') {
    return 'us-east-1';
  }
  const match = /^(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu)$/.exec(
    hostname,
  );
  return match?.[1] ?? match?.[2];
}

function partitionOf(hostname: string, region: string): string {
  if (hostname.endsWith('.cn')) {
    return 'aws-cn';
  }
  if (hostname.endsWith('.eu')) {
    return 'aws-eusc';
  }
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
