import { systemClock } from '../../kit/systemClock.ts';
import type { ObjectBody, ObjectStore } from '../../pipeline/ports/ports.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { SourceCredentials } from '../credentials/sourceCredentials.ts';
import { withSession } from '../credentials/withSession.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../http/timeouts.ts';
import { objectChunks } from './chunks.ts';
import { regionNamedBy, s3Failure } from './failure.ts';
import { type GetObjectAnswer, s3GetObject } from './getObject.ts';

export interface S3ObjectStoreOptions {
  /** Where buckets are looked for first, normally the queue's region. */
  readonly region: string;
  readonly credentials: SourceCredentials;
  /** Dates the requests. Absent: the machine's own. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Replaces S3: for loopback only. */
  readonly endpoint?: string;
  readonly timeouts?: AwsTimeouts;
}

/** Reads objects under the source's role; each bucket's region is found once and remembered. */
export function s3ObjectStore(options: S3ObjectStoreOptions): ObjectStore & { close(): void } {
  const { credentials, endpoint, clock = systemClock, timeouts = defaultAwsTimeouts } = options;
  const s3 = s3GetObject({ clock, timeouts, endpoint });
  const regions = new Map<string, string>();

  const getIn = (region: string, bucket: string, key: string, signal: AbortSignal): Promise<GetObjectAnswer> =>
    withSession(credentials, signal, (session) => s3.get({ bucket, key, region }, session, signal));

  const get = async (bucket: string, key: string, signal: AbortSignal): Promise<GetObjectAnswer> => {
    let region = regions.get(bucket) ?? options.region;
    try {
      return await getIn(region, bucket, key, signal).catch((error: unknown) => {
        const named = regionNamedBy(error);
        if (named === undefined || named === region) {
          throw error;
        }
        regions.set(bucket, named);
        region = named;
        return getIn(named, bucket, key, signal);
      });
    } catch (error) {
      throw s3Failure({ bucket, key, region, roleArn: credentials.roleArn }, error, signal);
    }
  };

  /** EventBridge does not say whether its keys are encoded, so a key that is not found is tried in its second reading. */
  const getEither = async (object: ObjectRef, signal: AbortSignal) => {
    const { bucket, key, alternativeKey } = object;
    try {
      return { key, answer: await get(bucket, key, signal) };
    } catch (error) {
      if (alternativeKey === undefined || !isMissing(error)) {
        throw error;
      }
      try {
        return { key: alternativeKey, answer: await get(bucket, alternativeKey, signal) };
      } catch (second) {
        // The key as first read is the likelier one: its failure is told, unless the second says more than "missing".
        throw isMissing(second) ? error : second;
      }
    }
  };

  return {
    open: async (object, signal) => {
      const { key, answer } = await getEither(object, signal);
      return openedBody(object, key, answer, signal);
    },
    close: () => s3.close(),
  };
}

/** Denied counts as missing: without s3:ListBucket AWS answers both alike. */
function isMissing(error: unknown): boolean {
  return error instanceof ConnectorError && (error.code === 'object-not-found' || error.code === 'object-denied');
}

function openedBody(object: ObjectRef, key: string, answer: GetObjectAnswer, signal: AbortSignal): ObjectBody {
  const { contentLength: expectedBytes, body, etag } = answer;
  return {
    key,
    sizeBytes: expectedBytes ?? object.sizeBytes ?? 0,
    etag: etag?.replaceAll('"', ''),
    chunks: objectChunks({ body, bucket: object.bucket, key, expectedBytes }, signal),
  };
}
