interface Partition {
  readonly name: string;
  readonly regions: RegExp;
  /** Host suffixes of SQS: IPv4, and IPv4 with IPv6. */
  readonly suffixes: readonly string[];
  /** A region that no account can switch off, so that STS there serves every account. */
  readonly stsRegion: string;
}

/** https://docs.aws.amazon.com/general/latest/gr/rande.html; names and suffixes as in the AWS SDKs' own table. The commercial one is last: its regions have many beginnings. */
const partitions: readonly Partition[] = [
  { name: 'aws-us-gov', regions: /^us-gov-/, suffixes: ['amazonaws.com', 'api.aws'], stsRegion: 'us-gov-west-1' },
  {
    name: 'aws-cn',
    regions: /^cn-/,
    suffixes: ['amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
    stsRegion: 'cn-north-1',
  },
  {
    name: 'aws-eusc',
    regions: /^eusc-/,
    suffixes: ['amazonaws.eu', 'api.amazonwebservices.eu'],
    stsRegion: 'eusc-de-east-1',
  },
  { name: 'aws-iso', regions: /^us-iso-/, suffixes: ['c2s.ic.gov'], stsRegion: 'us-iso-east-1' },
  { name: 'aws-iso-b', regions: /^us-isob-/, suffixes: ['sc2s.sgov.gov'], stsRegion: 'us-isob-east-1' },
  { name: 'aws-iso-e', regions: /^eu-isoe-/, suffixes: ['cloud.adc-e.uk'], stsRegion: 'eu-isoe-west-1' },
  { name: 'aws-iso-f', regions: /^us-isof-/, suffixes: ['csp.hci.ic.gov'], stsRegion: 'us-isof-south-1' },
  { name: 'aws', regions: /^[a-z]{2}-[a-z]+-\d+$/, suffixes: ['amazonaws.com', 'api.aws'], stsRegion: 'us-east-1' },
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
 * Reads a queue URL; undefined unless it is https, a host of SQS itself, and a standard queue. The AWS SDK sends requests,
 * session token included, to whatever host a queue URL names, so nothing else may pass.
 *
 * https://docs.aws.amazon.com/general/latest/gr/sqs-service.html, legacy hosts included.
 */
export function parseQueueUrl(text: string): { readonly region: string; readonly partition: string } | undefined {
  const host = /^https:\/\/([a-z0-9.-]+)\/\d{12}\/[A-Za-z0-9_-]{1,80}$/.exec(text)?.[1];
  if (host === undefined) return undefined;
  // The oldest form of all names no region and means the first one.
  if (host === 'queue.amazonaws.com') return { region: 'us-east-1', partition: 'aws' };
  const region = /^(?:sqs|sqs-fips)\.([a-z0-9-]+)\./.exec(host)?.[1] ?? /^([a-z0-9-]+)\.queue\./.exec(host)?.[1];
  if (region === undefined || partitionOfRegion(region) === undefined) return undefined;
  const partition = partitionWith(region);
  const hosts = partition?.suffixes.flatMap((suffix) => [
    `sqs.${region}.${suffix}`,
    `sqs-fips.${region}.${suffix}`,
    `${region}.queue.${suffix}`,
  ]);
  return partition !== undefined && hosts?.includes(host) ? { region, partition: partition.name } : undefined;
}

function partitionWith(region: string): Partition | undefined {
  return partitions.find(({ regions }) => regions.test(region));
}
