import { systemClock } from '../../kit/systemClock.ts';
import type { ObjectBody, ObjectStore } from '../../pipeline/ports/ports.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { readAwsAnswer } from '../answers/answer.ts';
import { isStaleSession } from '../answers/meaning.ts';
import type { SourceCredentials } from '../credentials/sourceCredentials.ts';
import type { AwsSession } from '../credentials/stsActions.ts';
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

/**
 * Reads objects under the source's role. Opening is one GetObject; one more when S3 names another region for the bucket,
 * which is remembered, and one more when nothing is found under the first reading of a key: three at the most. None of
 * them repeats a request. A session that AWS refuses is forgotten, so that whoever tries again has a new one.
 */
export function s3ObjectStore(options: S3ObjectStoreOptions): ObjectStore & { close(): void } {
  const { credentials, endpoint, clock = systemClock, timeouts = defaultAwsTimeouts } = options;
  const s3 = s3GetObject({ clock, timeouts, endpoint });
  const regions = new Map<string, string>();

  /** The answer, or our failure; another region named on the way is gone to, if this bucket's was not found yet. */
  const get = async (bucket: string, key: string, signal: AbortSignal): Promise<GetObjectAnswer> => {
    const known = regions.get(bucket);
    const region = known ?? options.region;
    let session: AwsSession | undefined;
    try {
      session = await credentials.session(signal);
      return await s3.get({ bucket, key, region }, session, signal);
    } catch (error) {
      if (error instanceof ConnectorError) {
        throw error;
      }
      const answer = readAwsAnswer(error, signal);
      const named = regionNamedBy(answer);
      if (named !== undefined && named !== region) {
        regions.set(bucket, named);
        if (known === undefined) {
          return get(bucket, key, signal);
        }
      }
      if (isStaleSession(answer)) {
        credentials.invalidate(session);
      }
      throw s3Failure({ bucket, key, region, roleArn: credentials.roleArn }, answer);
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
