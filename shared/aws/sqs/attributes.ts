/** How a queue is set up, and what waits in it. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
export interface QueueAttributes {
  readonly visible: number;
  readonly inFlight: number;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly mostReceives: number };
  /** The customer's key that encrypts it. */
  readonly kmsKeyId?: string;
  /** Who may send to it and under which conditions, as JSON. */
  readonly policy?: string;
}

/** Reads what SQS tells as texts; what is missing has SQS's own default. */
export function readQueueAttributes(told: Readonly<Record<string, string>>): QueueAttributes {
  const redrive = readRedrive(told['RedrivePolicy']);
  const { KmsMasterKeyId: kmsKeyId, Policy: policy } = told;
  return {
    visible: Number(told['ApproximateNumberOfMessages'] ?? 0),
    inFlight: Number(told['ApproximateNumberOfMessagesNotVisible'] ?? 0),
    visibilitySeconds: Number(told['VisibilityTimeout'] ?? 30),
    retentionSeconds: Number(told['MessageRetentionPeriod'] ?? 345_600),
    ...(redrive === undefined ? {} : { redrive }),
    ...(kmsKeyId === undefined || kmsKeyId === '' ? {} : { kmsKeyId }),
    ...(policy === undefined || policy === '' ? {} : { policy }),
  };
}

function readRedrive(policy = '{}'): QueueAttributes['redrive'] {
  try {
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Readonly<Record<string, unknown>>;
    const mostReceives = Number(maxReceiveCount);
    return typeof deadLetterTargetArn === 'string' && mostReceives >= 1
      ? { deadLetterArn: deadLetterTargetArn, mostReceives }
      : undefined;
  } catch {
    // A policy that cannot be read is as good as none.
    return undefined;
  }
}
