interface Partition {
  readonly name: string;
  readonly regions: RegExp;
  /** Endings of host names: of IPv4 endpoints, and of dual-stack ones where there are any. */
  readonly suffix: string;
  readonly dualStackSuffix?: string;
  /** A region that no account can switch off, so that STS there serves every account. */
  readonly stsRegion: string;
}

/**
 * https://docs.aws.amazon.com/general/latest/gr/rande.html; names and endings as in the AWS SDKs' own table, against which
 * the tests hold it (docs/decisions/own-partitions.md). The commercial one is last: its regions have many beginnings.
 */
const partitions: readonly Partition[] = [
  {
    name: 'aws-us-gov',
    regions: /^us-gov-/,
    suffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    stsRegion: 'us-gov-west-1',
  },
  {
    name: 'aws-cn',
    regions: /^cn-/,
    suffix: 'amazonaws.com.cn',
    dualStackSuffix: 'api.amazonwebservices.com.cn',
    stsRegion: 'cn-north-1',
  },
  {
    name: 'aws-eusc',
    regions: /^eusc-/,
    suffix: 'amazonaws.eu',
    dualStackSuffix: 'api.amazonwebservices.eu',
    stsRegion: 'eusc-de-east-1',
  },
  {
    name: 'aws-iso',
    regions: /^us-iso-/,
    suffix: 'c2s.ic.gov',
    dualStackSuffix: 'api.aws.ic.gov',
    stsRegion: 'us-iso-east-1',
  },
  {
    name: 'aws-iso-b',
    regions: /^us-isob-/,
    suffix: 'sc2s.sgov.gov',
    dualStackSuffix: 'api.aws.scloud',
    stsRegion: 'us-isob-east-1',
  },
  {
    name: 'aws-iso-e',
    regions: /^eu-isoe-/,
    suffix: 'cloud.adc-e.uk',
    dualStackSuffix: 'api.cloud-aws.adc-e.uk',
    stsRegion: 'eu-isoe-west-1',
  },
  {
    name: 'aws-iso-f',
    regions: /^us-isof-/,
    suffix: 'csp.hci.ic.gov',
    dualStackSuffix: 'api.aws.hci.ic.gov',
    stsRegion: 'us-isof-south-1',
  },
  {
    name: 'aws',
    regions: /^[a-z]{2}-[a-z]+-\d+$/,
    suffix: 'amazonaws.com',
    dualStackSuffix: 'api.aws',
    stsRegion: 'us-east-1',
  },
];

/** Undefined when no partition has such a region. */
export function partitionOfRegion(region: string): string | undefined {
  return /^[a-z]{2,4}(?:-[a-z]+)+-\d+$/.test(region) ? partitionWith(region)?.name : undefined;
}

/** Undefined when the text is not the ARN of an IAM role in a known partition. */
export function partitionOfRole(arn: string): string | undefined {
  const name = /^arn:([a-z-]+):iam::\d{12}:role\/(?:[!-~]{1,510}\/)?[\w+=,.@-]{1,64}$/.exec(arn)?.[1];
  return partitions.find((partition) => partition.name === name)?.name;
}

/** Where STS is asked when nobody says otherwise. */
export function defaultStsRegion(partition: string): string | undefined {
  return partitions.find(({ name }) => name === partition)?.stsRegion;
}

/**
 * The host of a service in a region: where requests go unless a setting names another. With FIPS, where AWS has no such
 * host, the name does not resolve: nothing is sent. In GovCloud the usual hosts of STS and CloudTrail are the FIPS ones.
 *
 * https://aws.amazon.com/compliance/fips/
 */
export function serviceHost(service: 'cloudtrail' | 's3' | 'sts', region: string, isFips = false): string {
  const partition = partitionWith(region);
  const isUsual = !isFips || (partition?.name === 'aws-us-gov' && service !== 's3');
  return `${service}${isUsual ? '' : '-fips'}.${region}.${partition?.suffix ?? 'amazonaws.com'}`;
}

/** Whether the queue is called by a FIPS host: then the other services of its source are, too. */
export function namesFips(queueUrl: string): boolean {
  return queueUrl.startsWith('https://sqs-fips.');
}

/** True for hosts where AWS itself takes tokens; not for S3's, where anybody may own a bucket. */
export function isSignInHost(host: string): boolean {
  const isOwned = partitions.some(({ suffix, dualStackSuffix }) =>
    [suffix, dualStackSuffix].some((ending) => ending !== undefined && host.endsWith(`.${ending}`)),
  );
  return isOwned && /^(?:sts|sso|oidc|portal\.sso|signin)(?:-fips)?\./.test(host);
}

export interface QueuePlace {
  readonly host: string;
  readonly region: string;
  readonly partition: string;
}

/**
 * Reads a queue URL; undefined unless it is https, a host of SQS itself, and a standard queue. Requests and their session
 * token go to that host, as it is given, FIPS and dual-stack ones included, so nothing else may pass.
 *
 * https://docs.aws.amazon.com/general/latest/gr/sqs-service.html, legacy hosts included.
 */
export function parseQueueUrl(text: string): QueuePlace | undefined {
  const host = /^https:\/\/([a-z0-9.-]+)\/\d{12}\/[A-Za-z0-9_-]{1,80}$/.exec(text)?.[1];
  if (host === undefined) return undefined;
  // The oldest form of all names no region and means the first one.
  if (host === 'queue.amazonaws.com') return { host, region: 'us-east-1', partition: 'aws' };
  const region = /^(?:sqs|sqs-fips)\.([a-z0-9-]+)\./.exec(host)?.[1] ?? /^([a-z0-9-]+)\.queue\./.exec(host)?.[1];
  if (region === undefined || partitionOfRegion(region) === undefined) return undefined;
  const partition = partitionWith(region);
  return partition !== undefined && queueHosts(partition, region).has(host)
    ? { host, region, partition: partition.name }
    : undefined;
}

function queueHosts({ suffix, dualStackSuffix }: Partition, region: string): ReadonlySet<string> {
  const suffixes = dualStackSuffix === undefined ? [suffix] : [suffix, dualStackSuffix];
  return new Set([
    ...suffixes.flatMap((ending) => [`sqs.${region}.${ending}`, `sqs-fips.${region}.${ending}`]),
    `${region}.queue.${suffix}`,
  ]);
}

function partitionWith(region: string): Partition | undefined {
  return partitions.find(({ regions }) => regions.test(region));
}
