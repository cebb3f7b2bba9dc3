import type { Clock } from '../../words/clock.ts';
import { RefusedRequest } from '../answers/refusal.ts';
import type { HttpAnswer } from '../http/client.ts';
import { headerOf } from '../http/header.ts';
import type { IncomingBody } from '../http/incomingBody.ts';
import type { AwsKeys } from '../http/requestSigner.ts';
import { awsService, type ServicePlace } from '../http/service.ts';
import type { AwsTimeouts } from '../http/timeouts.ts';
import { type BucketAddress, bucketAddress, encodeKey, encodeSegment } from './address.ts';
import { readS3Refusal } from './refusal.ts';

export interface S3GetObjectOptions extends ServicePlace {
  readonly clock: Pick<Clock, 'now'>;
  readonly timeouts: AwsTimeouts;
}

export interface GetObjectRequest {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  readonly versionId?: string | undefined;
}

export interface GetObjectAnswer {
  readonly etag: string | undefined;
  readonly contentLength: number | undefined;
  readonly body: IncomingBody;
}

export interface S3GetObject {
  get(request: GetObjectRequest, keys: AwsKeys, signal: AbortSignal): Promise<GetObjectAnswer>;
  close(): void;
}

/** Read to keep the connection; of a longer one the connection is closed. */
const mostOfPage = 64 * 1024;

/** A portal's page under 200: taken for the object, it would be a log file that is damaged for good. S3 gives every object an ETag. */
function isPage(headers: HttpAnswer['headers']): boolean {
  const isHtml = /^text\/html\b/i.test(headerOf(headers, 'content-type') ?? '');
  return isHtml && headerOf(headers, 'etag') === undefined && headerOf(headers, 'x-amz-request-id') === undefined;
}

/**
 * GetObject and nothing else. Checksums of bodies are left to gzip's own CRC-32.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function s3GetObject({ clock, timeouts, endpoint, isFips }: S3GetObjectOptions): S3GetObject {
  const service = awsService({ name: 's3', clock, timeouts, readRefusal: readS3Refusal });
  const addresses = new Map<string, BucketAddress>();

  const addressOf = (bucket: string, region: string): BucketAddress => {
    const place = `${region}/${bucket}`;
    const address = addresses.get(place) ?? bucketAddress(bucket, region, { endpoint, isFips });
    addresses.set(place, address);
    return address;
  };

  return {
    get: async ({ bucket, key, region, versionId }, keys, signal) => {
      const { origin, path } = addressOf(bucket, region);
      const answer = await service.send(
        {
          ...{ region, origin, method: 'GET', path: `${path}/${encodeKey(key)}` },
          ...(versionId === undefined ? {} : { query: `versionId=${encodeSegment(versionId)}` }),
        },
        keys,
        signal,
      );
      if (isPage(answer.headers)) {
        await answer.body.all(mostOfPage).catch(() => undefined);
        throw new RefusedRequest(readS3Refusal(answer.status, answer.headers, '<html>'));
      }
      const length = headerOf(answer.headers, 'content-length');
      return {
        etag: headerOf(answer.headers, 'etag'),
        contentLength: length === undefined ? undefined : Number(length),
        body: answer.body,
      };
    },
    close: () => service.close(),
  };
}
