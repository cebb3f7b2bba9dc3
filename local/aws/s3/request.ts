import type { Failure } from '../gateway/answers.ts';

/** A request to S3, understood. */
export interface S3Request {
  readonly operation: string;
  /** The IAM action it needs. */
  readonly action: string;
  readonly bucket: string;
  /** Decoded; empty for requests to a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Reads method and path-style URL; what the embedded S3 cannot do is refused by name. */
export function readS3Request(method: string, url: string): S3Request | Failure {
  const queryAt = url.indexOf('?');
  const path = queryAt === -1 ? url : url.slice(0, queryAt);
  const query = new URLSearchParams(queryAt === -1 ? '' : url.slice(queryAt + 1));
  const slash = path.indexOf('/', 1);
  const bucket = slash === -1 ? path.slice(1) : path.slice(1, slash);
  const key = slash === -1 ? '' : decode(path.slice(slash + 1));
  if (key === undefined) return { status: 400, code: 'InvalidURI', message: `Couldn't parse the specified URI.` };

  const named = operationOf(method, bucket, key, query);
  if (named === undefined) {
    return {
      status: 501,
      code: 'NotImplemented',
      message: `A header or query you provided implies functionality that is not implemented (${method} ${path}).`,
    };
  }
  return { operation: named[0], action: named[1], bucket, key, query };
}

function operationOf(
  method: string,
  bucket: string,
  key: string,
  query: URLSearchParams,
): readonly [operation: string, action: string] | undefined {
  const sub = [...query.keys()].find((name) => subresources.has(name));
  if (bucket === '') return undefined;
  if (key === '') {
    if (method === 'HEAD') return ['HeadBucket', 's3:ListBucket'];
    if (method !== 'GET') return undefined;
    if (sub === 'location') return ['GetBucketLocation', 's3:GetBucketLocation'];
    if (sub === 'notification') return ['GetBucketNotification', 's3:GetBucketNotification'];
    return sub === undefined && query.get('list-type') === '2' ? ['ListObjectsV2', 's3:ListBucket'] : undefined;
  }
  const isPart = query.has('uploadId');
  const version = query.has('versionId') ? 'Version' : '';
  switch (method) {
    case 'GET':
      return sub === undefined ? ['GetObject', `s3:GetObject${version}`] : undefined;
    case 'HEAD':
      return ['HeadObject', `s3:GetObject${version}`];
    case 'PUT':
      if (sub !== undefined) return undefined;
      return [isPart ? 'UploadPart' : 'PutObject', 's3:PutObject'];
    case 'POST':
      if (query.has('uploads')) return ['CreateMultipartUpload', 's3:PutObject'];
      return isPart ? ['CompleteMultipartUpload', 's3:PutObject'] : undefined;
    case 'DELETE':
      if (isPart) return ['AbortMultipartUpload', 's3:AbortMultipartUpload'];
      return sub === undefined ? ['DeleteObject', `s3:DeleteObject${version}`] : undefined;
    default:
      return undefined;
  }
}

const subresources = new Set([
  'accelerate',
  'acl',
  'attributes',
  'cors',
  'encryption',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'renameObject',
  'replication',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'versioning',
  'versions',
  'website',
]);

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // Broken percent-encoding: S3 refuses it, and so does the caller of this function.
    return undefined;
  }
}
