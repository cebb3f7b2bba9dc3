import { type Finding, failure, type Link, ok } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Condition?: unknown;
}

/** Who may put announcements into the queue. */
export function queuePolicyLink({ name, parts, found, settings }: SourceLook): Link {
  return {
    name: name('queue: policy'),
    needs: [name('queue')],
    run: async () => {
      const senders = statementsOf(found.attributes?.policy).filter(mayBeSender);
      const arn = parts().queue.arn;
      if (senders.length === 0) {
        return failure(
          'queue-policy-missing',
          `the policy of ${arn} lets neither S3 nor SNS nor EventBridge send to it`,
          `Add to the queue's policy: ${statementFor(arn, settings.allowedBuckets[0] ?? 'BUCKET', settings.partition)}`,
        );
      }
      return sourceFinding(senders, settings, arn) ?? ok(`${senders.map(senderOf).join(', ')} may send`);
    },
  };
}

/** Only S3's own statements name buckets. */
function sourceFinding(
  senders: readonly Statement[],
  { allowedBuckets, partition }: SourceLook['settings'],
  arn: string,
): Finding | undefined {
  const byS3 = senders.filter((one) => senderOf(one) === 's3.amazonaws.com');
  if (byS3.length < senders.length) return undefined;
  const patterns = byS3.flatMap(sourceArns);
  const missing = allowedBuckets.find(
    (bucket) => patterns.length > 0 && !patterns.some((pattern) => isLike(`arn:${partition}:s3:::${bucket}`, pattern)),
  );
  return missing === undefined
    ? undefined
    : failure(
        'queue-policy-source',
        `the policy of ${arn} lets S3 send for ${patterns.join(', ')}, and not for ${missing}`,
        `Add to the queue's policy: ${statementFor(arn, missing, partition)}`,
      );
}

function statementsOf(policy = '{}'): readonly Statement[] {
  try {
    const { Statement: all } = JSON.parse(policy) as { readonly Statement?: unknown };
    return (Array.isArray(all) ? all : [all]).filter((one) => typeof one === 'object' && one !== null);
  } catch {
    // SQS keeps no policy that is not JSON.
    return [];
  }
}

function mayBeSender(statement: Statement): boolean {
  const actions = [statement.Action].flat().map((action) => String(action).toLowerCase());
  return (
    statement.Effect === 'Allow' &&
    actions.some((action) => isLike('sqs:sendmessage', action)) &&
    /^(?:s3|sns|events)\.amazonaws\.com|\*/.test(senderOf(statement))
  );
}

function senderOf({ Principal: principal }: Statement): string {
  const service: unknown = typeof principal === 'object' && principal !== null && Object(principal).Service;
  return typeof service === 'string' ? service : Array.isArray(service) ? service.join(', ') : '*';
}

function sourceArns({ Condition: condition }: Statement): readonly string[] {
  const operators = typeof condition === 'object' && condition !== null ? Object.entries(condition) : [];
  return operators
    .filter(([operator]) => /^(?:Arn|String)(?:Like|Equals)/.test(operator))
    .flatMap(([, keys]) => Object.entries(Object(keys) as Record<string, unknown>))
    .filter(([key]) => key.toLowerCase() === 'aws:sourcearn')
    .flatMap(([, values]) => [values].flat().map(String));
}

function isLike(text: string, pattern: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`).test(text);
}

function statementFor(queueArn: string, bucket: string, partition: string): string {
  return JSON.stringify({
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: {
      ArnEquals: { 'aws:SourceArn': `arn:${partition}:s3:::${bucket}` },
      StringEquals: { 'aws:SourceAccount': "<account of the bucket's owner>" },
    },
  });
}
