import { systemClock } from '../../kit/systemClock.ts';
import type { ObjectBody, ObjectStore } from '../../pipeline/ports/objects.ts';
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
 * Reads objects under the source's role. Opening is one GetObject, and one more when S3 names another region for the
 * bucket, which is remembered: neither repeats a request. A session that AWS refuses is forgotten, so that whoever tries again has a new one.
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

  return {
    open: async (object, signal) => {
      const { bucket, key } = object;
      return openedBody(bucket, key, await get(bucket, key, signal), signal);
    },
    close: () => s3.close(),
  };
}

function openedBody(bucket: string, key: string, answer: GetObjectAnswer, signal: AbortSignal): ObjectBody {
  const { contentLength: expectedBytes, body, etag } = answer;
  return {
    sizeBytes: expectedBytes,
    etag: etag?.replaceAll('"', ''),
    chunks: objectChunks({ body, bucket, key, expectedBytes }, signal),
  };
}
