import { serviceHost } from '../../words/partitions.ts';
import type { ServicePlace } from '../http/service.ts';

/** Where requests for a bucket's objects go. */
export interface BucketAddress {
  readonly origin: string;
  /** What stands before `/` and the key. */
  readonly path: string;
}

/**
 * The bucket in the host name where it can stand there, else in the path: names with dots do not fit the certificate.
 * An endpoint is for loopback, where host names of buckets do not resolve.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export function bucketAddress(bucket: string, region: string, { endpoint, isFips }: ServicePlace = {}): BucketAddress {
  if (endpoint !== undefined) {
    return { origin: new URL(endpoint).origin, path: `/${encodeSegment(bucket)}` };
  }
  const host = serviceHost('s3', region, isFips);
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)
    ? { origin: `https://${bucket}.${host}`, path: '' }
    : { origin: `https://${host}`, path: `/${encodeSegment(bucket)}` };
}

/** The key as S3's canonical URI has it: every byte but the unreserved ones and `/` percent-encoded, once. */
export function encodeKey(key: string): string {
  return /^[A-Za-z0-9/._~-]*$/.test(key) ? key : key.split('/').map(encodeSegment).join('/');
}

/** Half a surrogate pair, which no key has, becomes U+FFFD: then there is no such object, and nothing breaks. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
