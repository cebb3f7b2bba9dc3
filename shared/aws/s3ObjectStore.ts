import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { ConnectorError } from '../errors.ts';
import type { ObjectBody, ObjectRef, ObjectStore } from '../pipeline/ports.ts';
import { type AwsTimeouts, defaultAwsTimeouts, s3Client } from './awsClients.ts';
import { objectChunks } from './objectChunks.ts';
import { regionNamedBy, s3Failure } from './s3Failure.ts';
import type { SourceCredentials } from './sourceCredentials.ts';
import { withSession } from './withSession.ts';

export interface S3ObjectStoreOptions {
  /** Where buckets are looked for first, normally the queue's region. */
  readonly region: string;
  readonly credentials: SourceCredentials;
  /** Replaces S3: for loopback only. */
  readonly endpoint?: string;
  readonly timeouts?: AwsTimeouts;
}

/** Reads objects under the source's role; each bucket's region is found once and remembered. */
export function s3ObjectStore(options: S3ObjectStoreOptions): ObjectStore & { close(): void } {
  const { credentials, endpoint, timeouts = defaultAwsTimeouts } = options;
  const clients = new Map<string, S3Client>();
  const regions = new Map<string, string>();

  const clientIn = (region: string): S3Client => {
    const known = clients.get(region);
    if (known !== undefined) {
      return known;
    }
    const made = s3Client({ region, credentials: () => credentials.session(), endpoint, timeouts });
    clients.set(region, made);
    return made;
  };

  const getIn = (region: string, bucket: string, key: string, signal: AbortSignal): Promise<GetObjectCommandOutput> =>
    withSession(credentials, signal, () =>
      clientIn(region).send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal }),
    );

  const get = async (bucket: string, key: string, signal: AbortSignal): Promise<GetObjectCommandOutput> => {
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
      return openedBody(object, key, answer, timeouts.bodyIdleMs, signal);
    },
    close: () => {
      for (const client of clients.values()) {
        client.destroy();
      }
    },
  };
}

/** Denied counts as missing: without s3:ListBucket AWS answers both alike. */
function isMissing(error: unknown): boolean {
  return error instanceof ConnectorError && (error.code === 'object-not-found' || error.code === 'object-denied');
}

function openedBody(
  object: ObjectRef,
  key: string,
  answer: GetObjectCommandOutput,
  idleMs: number,
  signal: AbortSignal,
): ObjectBody {
  const { bucket } = object;
  const stream = answer.Body instanceof Readable ? answer.Body : Readable.from([]);
  return {
    sizeBytes: answer.ContentLength ?? object.sizeBytes ?? 0,
    etag: answer.ETag?.replaceAll('"', ''),
    chunks: objectChunks({ stream, bucket, key, expectedBytes: answer.ContentLength, idleMs }, signal),
  };
}
