import type { BucketListing, ListedPage, ListRequest } from '../../pipeline/ports/listing.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { readAwsAnswer } from '../answers/answer.ts';
import { isStaleSession } from '../answers/meaning.ts';
import type { SourceCredentials } from '../credentials/sourceCredentials.ts';
import type { AwsSession } from '../credentials/stsActions.ts';
import { awsService, type ServicePlace } from '../http/service.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../http/timeouts.ts';
import { bucketAddress, encodeSegment } from './address.ts';
import { regionNamedBy } from './failure.ts';
import { listFailure } from './listFailure.ts';
import { readS3Refusal } from './refusal.ts';
import { elementsOf, textOf } from './xml.ts';

export interface S3Listing extends BucketListing {
  close(): void;
}

export interface S3ListingOptions extends ServicePlace {
  /** Where buckets are looked for first. */
  readonly region: string;
  readonly credentials: SourceCredentials;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeouts?: AwsTimeouts;
}

/** A page of 1,000 keys of 1,024 bytes each, every byte percent-encoded, and as much again. */
const maxAnswerBytes = 8 * 1024 * 1024;

/**
 * ListObjectsV2 under the source's role: one request a page, and one more when S3 names another region for the bucket,
 * which is remembered. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function s3Listing(options: S3ListingOptions): S3Listing {
  const { credentials, clock, endpoint, isFips, timeouts = defaultAwsTimeouts } = options;
  const service = awsService({ name: 's3', clock, timeouts, readRefusal: readS3Refusal });
  const regions = new Map<string, string>();

  const ask = async (request: ListRequest, signal: AbortSignal): Promise<string> => {
    const { bucket, prefix } = request;
    const known = regions.get(bucket);
    const region = known ?? options.region;
    const { origin, path } = bucketAddress(bucket, region, { endpoint, isFips });
    let session: AwsSession | undefined;
    try {
      session = await credentials.session(signal);
      const query = queryOf(request);
      const sent = { region, origin, method: 'GET', path: path === '' ? '/' : path, query } as const;
      const answer = await service.send(sent, session, signal);
      return (await answer.body.all(maxAnswerBytes)).toString();
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      const answer = readAwsAnswer(error, signal);
      const named = regionNamedBy(answer);
      if (named !== undefined && named !== region) {
        regions.set(bucket, named);
        if (known === undefined) return ask(request, signal);
      }
      if (isStaleSession(answer)) credentials.invalidate(session);
      throw listFailure({ bucket, prefix, region, roleArn: credentials.roleArn }, answer);
    }
  };

  return {
    list: async (request, signal) => pageIn(await ask(request, signal), request),
    close: () => service.close(),
  };
}

/** In the order of the names, as they are signed; keys come encoded, since XML cannot hold every character of a key. */
function queryOf({ after, isLevel, most = 1000, next, prefix }: ListRequest): string {
  const parameters: readonly (readonly [name: string, value: string | undefined])[] = [
    ['continuation-token', next],
    ['delimiter', isLevel ? '/' : undefined],
    ['encoding-type', 'url'],
    ['list-type', '2'],
    ['max-keys', String(most)],
    ['prefix', prefix],
    ['start-after', after],
  ];
  return parameters
    .flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeSegment(value)}`))
    .join('&');
}

/** A page of a proxy under 200 must not be taken for an empty bucket. */
function pageIn(document: string, { bucket, prefix }: ListRequest): ListedPage {
  const isTruncated = textOf(document, 'IsTruncated');
  const next = textOf(document, 'NextContinuationToken');
  if (isTruncated === undefined || (isTruncated === 'true' && next === undefined)) {
    throw new ConnectorError('listing-unavailable', `what answered is no list of s3://${bucket}/${prefix}`, {
      at: { bucket },
    });
  }
  return {
    objects: elementsOf(document, 'Contents').map((object) => ({
      key: decoded(textOf(object, 'Key')),
      sizeBytes: Number(textOf(object, 'Size')),
      etag: (textOf(object, 'ETag') ?? '').replaceAll('"', ''),
    })),
    folders: elementsOf(document, 'CommonPrefixes').map((common) => decoded(textOf(common, 'Prefix'))),
    next: isTruncated === 'true' ? next : undefined,
  };
}

function decoded(text = ''): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
