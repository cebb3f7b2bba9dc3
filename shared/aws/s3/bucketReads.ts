import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { readAwsAnswer } from '../answers/answer.ts';
import { NotTold } from '../answers/notTold.ts';
import type { SourceCredentials } from '../credentials/sourceCredentials.ts';
import { awsService, type ServicePlace } from '../http/service.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../http/timeouts.ts';
import { bucketAddress, encodeSegment } from './address.ts';
import { regionNamedBy } from './failure.ts';
import { readS3Refusal } from './refusal.ts';
import { elementsOf, textOf } from './xml.ts';

/** One announcement that a bucket makes of new objects. */
export interface BucketNotification {
  readonly kind: 'queue' | 'topic' | 'function';
  /** ARN of whom it tells. */
  readonly target: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

/** Everything that a bucket announces. */
export interface BucketNotifications {
  readonly list: readonly BucketNotification[];
  readonly tellsEventBridge: boolean;
}

/** One level of a bucket: folders below the prefix, ending in a slash, and objects in it. */
export interface BucketLevel {
  readonly folders: readonly string[];
  readonly keys: readonly string[];
}

/** Looks at buckets under the source's role, for a check of connections. Throws NotTold, or ConnectorError for a session. */
export interface BucketReads {
  /** Where the bucket lies: found by asking for its list, as the reading of objects finds it. */
  region(bucket: string, signal: AbortSignal): Promise<string>;
  /** Up to 1,000 of a level. */
  level(bucket: string, prefix: string, signal: AbortSignal): Promise<BucketLevel>;
  notifications(bucket: string, signal: AbortSignal): Promise<BucketNotifications>;
  close(): void;
}

export interface BucketReadsOptions extends ServicePlace {
  /** Where buckets are looked for first. */
  readonly region: string;
  readonly credentials: SourceCredentials;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeouts?: AwsTimeouts;
}

/** A page of 1,000 keys of 1,024 bytes each, escaped, and as much again. */
const maxAnswerBytes = 8 * 1024 * 1024;

export function bucketReads(options: BucketReadsOptions): BucketReads {
  const { credentials, clock, endpoint, isFips, timeouts = defaultAwsTimeouts } = options;
  const service = awsService({ name: 's3', clock, timeouts, readRefusal: readS3Refusal });
  const regions = new Map<string, string>();

  const ask = async (action: BucketAction, bucket: string, query: string, signal: AbortSignal): Promise<string> => {
    const known = regions.get(bucket);
    const region = known ?? options.region;
    const { origin, path } = bucketAddress(bucket, region, { endpoint, isFips });
    try {
      const session = await credentials.session(signal);
      const request = { region, origin, method: 'GET', path: path === '' ? '/' : path, query } as const;
      const answer = await service.send(request, session, signal);
      regions.set(bucket, region);
      return (await answer.body.all(maxAnswerBytes)).toString();
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      const answer = readAwsAnswer(error, signal);
      const named = regionNamedBy(answer);
      if (named !== undefined && known === undefined && named !== region) {
        regions.set(bucket, named);
        return ask(action, bucket, query, signal);
      }
      throw new NotTold(`s3:${action}`, `bucket ${bucket} in ${region}`, answer);
    }
  };

  return {
    region: async (bucket, signal) => {
      await ask('ListBucket', bucket, 'list-type=2&max-keys=0', signal);
      return regions.get(bucket) ?? options.region;
    },
    level: async (bucket, prefix, signal) => {
      // In the order of the names, as they are signed.
      const query = `delimiter=%2F&list-type=2&max-keys=1000&prefix=${encodeSegment(prefix)}`;
      const document = await ask('ListBucket', bucket, query, signal);
      return {
        folders: elementsOf(document, 'CommonPrefixes').map((common) => textOf(common, 'Prefix') ?? ''),
        keys: elementsOf(document, 'Contents').map((object) => textOf(object, 'Key') ?? ''),
      };
    },
    notifications: async (bucket, signal) => {
      const document = await ask('GetBucketNotification', bucket, 'notification=', signal);
      return {
        list: [
          ...elementsOf(document, 'QueueConfiguration').map((one) => notificationOf(one, 'queue', 'Queue')),
          ...elementsOf(document, 'TopicConfiguration').map((one) => notificationOf(one, 'topic', 'Topic')),
          ...elementsOf(document, 'CloudFunctionConfiguration').map((one) =>
            notificationOf(one, 'function', 'CloudFunction'),
          ),
        ],
        tellsEventBridge: /<EventBridgeConfiguration\b/.test(document),
      };
    },
    close: () => service.close(),
  };
}

type BucketAction = 'ListBucket' | 'GetBucketNotification';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
function notificationOf(xml: string, kind: BucketNotification['kind'], target: string): BucketNotification {
  const rules = elementsOf(xml, 'FilterRule');
  const ruleNamed = (name: string): string => {
    const rule = rules.find((one) => textOf(one, 'Name')?.toLowerCase() === name);
    return rule === undefined ? '' : (textOf(rule, 'Value') ?? '');
  };
  return {
    kind,
    target: textOf(xml, target) ?? '',
    events: elementsOf(xml, 'Event'),
    prefix: ruleNamed('prefix'),
    suffix: ruleNamed('suffix'),
  };
}
