import type { ObjectBody, ObjectName, ObjectStore } from '../../pipeline/ports/objects.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { readAwsAnswer } from '../answers/answer.ts';
import { isStaleSession } from '../answers/meaning.ts';
import type { SourceCredentials } from '../credentials/sourceCredentials.ts';
import type { AwsSession } from '../credentials/stsActions.ts';
import type { ServicePlace } from '../http/service.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../http/timeouts.ts';
import { objectChunks } from './chunks.ts';
import { regionNamedBy, s3Failure } from './failure.ts';
import { type GetObjectAnswer, s3GetObject } from './getObject.ts';

export interface S3ObjectStore extends ObjectStore {
  /** Where announced versions were denied and the latest was read instead: for want of s3:GetObjectVersion. */
  bucketsWithoutVersions(): readonly string[];
  close(): void;
}

export interface S3ObjectStoreOptions extends ServicePlace {
  /** Where buckets are looked for first, normally the queue's region. */
  readonly region: string;
  readonly credentials: SourceCredentials;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeouts?: AwsTimeouts;
}

/**
 * Reads objects under the source's role. Opening is one GetObject; one more when S3 names another region for the bucket,
 * which is remembered; and one more for the latest version when the announced one cannot be had: none repeats a request.
 * A session that AWS refuses is forgotten, so that whoever tries again has a new one.
 */
export function s3ObjectStore(options: S3ObjectStoreOptions): S3ObjectStore {
  const { credentials, endpoint, isFips, clock, timeouts = defaultAwsTimeouts } = options;
  const s3 = s3GetObject({ clock, timeouts, endpoint, isFips });
  const regions = new Map<string, string>();
  /** Buckets whose versions the role may not read by name, with the time until which that is believed. */
  const withoutVersions = new Map<string, number>();

  /** The answer, or our failure; another region named on the way is gone to, if this bucket's was not found yet. */
  const get = async (object: ObjectName, signal: AbortSignal): Promise<GetObjectAnswer> => {
    const { bucket, key, versionId } = object;
    const known = regions.get(bucket);
    const region = known ?? options.region;
    let session: AwsSession | undefined;
    try {
      session = await credentials.session(signal);
      return await s3.get({ bucket, key, region, versionId }, session, signal);
    } catch (error) {
      if (error instanceof ConnectorError) {
        throw error;
      }
      const answer = readAwsAnswer(error, signal);
      const named = regionNamedBy(answer);
      if (named !== undefined && named !== region) {
        regions.set(bucket, named);
        if (known === undefined) {
          return get(object, signal);
        }
      }
      if (isStaleSession(answer)) {
        credentials.invalidate(session);
      }
      throw s3Failure({ bucket, key, region, roleArn: credentials.roleArn }, answer);
    }
  };

  /** The version announced; the latest where that one is gone, or the role may not read versions by name. */
  const getVersion = async (object: ObjectName, signal: AbortSignal): Promise<GetObjectAnswer> => {
    const { bucket, key, versionId } = object;
    const latest = { bucket, key };
    if (versionId === undefined || versionId === 'null' || clock.now() < (withoutVersions.get(bucket) ?? 0)) {
      return get(latest, signal);
    }
    try {
      return await get(object, signal);
    } catch (error) {
      if (!(error instanceof ConnectorError && (error.code === 'object-denied' || error.code === 'object-not-found'))) {
        throw error;
      }
      const answer = await get(latest, signal);
      if (error.code === 'object-denied') {
        withoutVersions.set(bucket, clock.now() + deniedForMs);
      }
      return answer;
    }
  };

  return {
    open: async (object, signal) => openedBody(object, await getVersion(object, signal), signal),
    bucketsWithoutVersions: () => [...withoutVersions.keys()],
    close: () => s3.close(),
  };
}

/** A right that was given meanwhile is found out within the hour. */
const deniedForMs = 3_600_000;

function openedBody({ bucket, key }: ObjectName, answer: GetObjectAnswer, signal: AbortSignal): ObjectBody {
  const { contentLength: expectedBytes, body, etag } = answer;
  return {
    sizeBytes: expectedBytes,
    etag: etag?.replaceAll('"', ''),
    chunks: objectChunks({ body, bucket, key, expectedBytes }, signal),
    close: () => body.close(),
  };
}
