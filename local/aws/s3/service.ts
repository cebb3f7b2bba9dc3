import { mayDo } from '../gateway/access.ts';
import { type Answer, type Failure, xmlAnswer } from '../gateway/answers.ts';
import type { Bucket, World } from '../scene/world.ts';
import type { ObjectStore, StoredObject } from '../sqs/fauxqs.ts';
import type { Caller } from '../trust/credentials.ts';
import { notificationDocument } from './notification.ts';
import type { ObjectFolder } from './objectFolder.ts';
import { listObjects } from './objectListing.ts';
import type { S3Request } from './request.ts';

/** What the service needs from its surroundings. */
export interface S3Dependencies {
  readonly world: World;
  readonly objects: ObjectStore;
  readonly folder: ObjectFolder;
  readonly now: () => number;
}

/** A request whose sender is proven. */
export interface S3Call extends S3Request {
  readonly caller: Caller;
  /** The region the signature was made for, which stands for the regional endpoint spoken to. */
  readonly region: string;
  /** Without range, conditions or parts, which fauxqs knows how to answer. */
  readonly isPlain: boolean;
}

/** A whole object to be streamed, a ready answer, a refusal, or leave for fauxqs to answer. */
export type S3Result =
  | { readonly kind: 'object'; readonly object: StoredObject; readonly body: Buffer | string; readonly bucket: Bucket }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'fauxqs'; readonly bucket: Bucket };

/** Decides an S3 request: region, permission, encryption, existence, in the order S3 shows them. */
export function answerS3(call: S3Call, dependencies: S3Dependencies): S3Result {
  const { world, objects, folder } = dependencies;
  const bucket = world.buckets.get(call.bucket);
  if (bucket === undefined) {
    return failed({
      status: 404,
      code: 'NoSuchBucket',
      message: 'The specified bucket does not exist',
      details: { BucketName: call.bucket },
    });
  }
  // The location is told by any region's endpoint; it is how a client finds the right one.
  if (call.operation !== 'GetBucketLocation' && call.region !== bucket.region) return failed(redirect(bucket));
  const refusal = denial(call, bucket, call.action, call.key === '' ? undefined : call.key, dependencies);
  if (refusal !== undefined) return failed(refusal);

  switch (call.operation) {
    case 'GetBucketLocation':
      return answered(locationOf(bucket));
    case 'GetBucketNotification':
      return answered(notificationDocument(bucket));
    case 'HeadBucket':
      return answered({ status: 200, headers: { 'x-amz-bucket-region': bucket.region }, body: '' });
    case 'ListObjectsV2': {
      const listing = listObjects(bucket.name, folder.keysOf(bucket.name), call.query, (key) =>
        objects.headObject(bucket.name, key),
      );
      return 'body' in listing ? answered(listing) : failed(listing);
    }
    case 'GetObject':
    case 'HeadObject':
      return readObject(call, bucket, dependencies);
    default:
      return { kind: 'fauxqs', bucket };
  }
}

function readObject(call: S3Call, bucket: Bucket, dependencies: S3Dependencies): S3Result {
  const object = findObject(dependencies.objects, bucket.name, call.key);
  if (object === undefined) return failed(missing(call, bucket, dependencies));
  if (call.query.get('versionId') && call.query.get('versionId') !== 'null') {
    return failed({ status: 404, code: 'NoSuchVersion', message: 'The specified version does not exist.' });
  }
  if (bucket.kmsKeyArn !== undefined) {
    const refusal = decryptionRefusal(call, bucket.kmsKeyArn, bucket, dependencies);
    if (refusal !== undefined) return failed(refusal);
  }
  if (!call.isPlain) return { kind: 'fauxqs', bucket };
  return { kind: 'object', object, body: dependencies.folder.bodyOf(bucket.name, call.key), bucket };
}

function denial(
  call: S3Call,
  bucket: Bucket,
  action: string,
  key: string | undefined,
  { now, world }: S3Dependencies,
): Failure | undefined {
  const resource = `arn:aws:s3:::${bucket.name}${key === undefined ? '' : `/${key}`}`;
  const answer = mayDo({
    caller: call.caller,
    action,
    resource,
    owner: bucket,
    region: world.region,
    now: now(),
    ...(call.operation === 'ListObjectsV2' ? { context: listContext(call.query) } : {}),
  });
  if (answer.allowed) return undefined;
  // Only a caller of the bucket's own account learns the reason.
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
  const message =
    call.caller.account === bucket.account
      ? `User: ${call.caller.arn} is not authorized to perform: ${action} on resource: "${resource}" ${answer.because}`
      : 'Access Denied';
  return { status: 403, code: 'AccessDenied', message };
}

/** Without the right to list, a missing object must look like a forbidden one. */
function missing(call: S3Call, bucket: Bucket, dependencies: S3Dependencies): Failure {
  return (
    denial(call, bucket, 's3:ListBucket', undefined, dependencies) ?? {
      status: 404,
      code: 'NoSuchKey',
      message: 'The specified key does not exist.',
      details: { Key: call.key },
    }
  );
}

function decryptionRefusal(
  call: S3Call,
  keyArn: string,
  bucket: Bucket,
  { world, now }: S3Dependencies,
): Failure | undefined {
  const key = world.kmsKeys.get(keyArn);
  if (key === undefined)
    return { status: 400, code: 'KMS.NotFoundException', message: `Key '${keyArn}' does not exist` };
  const answer = mayDo({
    caller: call.caller,
    action: 'kms:Decrypt',
    resource: keyArn,
    owner: key,
    region: world.region,
    now: now(),
    resourcePolicyDecides: true,
    context: {
      'kms:viaservice': `s3.${bucket.region}.amazonaws.com`,
      'kms:calleraccount': call.caller.account,
      'kms:encryptioncontext:aws:s3:arn': `arn:aws:s3:::${bucket.name}/${call.key}`,
    },
  });
  if (!answer.allowed) {
    const where = answer.because.includes('resource-based')
      ? 'the resource associated with this ciphertext because the resource does not exist in this Region, no ' +
        'resource-based policies allow access, or a resource-based policy explicitly denies access'
      : `resource: ${keyArn} ${answer.because}`;
    return {
      status: 403,
      code: 'AccessDenied',
      message: `User: ${call.caller.arn} is not authorized to perform: kms:Decrypt on ${where}`,
    };
  }
  if (key.state === 'disabled')
    return { status: 400, code: 'KMS.DisabledException', message: `${keyArn} is disabled.` };
  if (key.state === 'pending-deletion') {
    return { status: 400, code: 'KMS.KMSInvalidStateException', message: `${keyArn} is pending deletion.` };
  }
  return undefined;
}

function redirect(bucket: Bucket): Failure {
  return {
    status: 301,
    code: 'PermanentRedirect',
    message:
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future ' +
      'requests to this endpoint.',
    headers: { 'x-amz-bucket-region': bucket.region },
    details: { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
  };
}

function locationOf(bucket: Bucket): Answer {
  const constraint = bucket.region === 'us-east-1' ? '' : bucket.region;
  return xmlAnswer(
    `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${constraint}</LocationConstraint>`,
  );
}

function listContext(query: URLSearchParams): Record<string, string> {
  return {
    's3:prefix': query.get('prefix') ?? '',
    's3:delimiter': query.get('delimiter') ?? '',
    's3:max-keys': query.get('max-keys') ?? '1000',
  };
}

function findObject(objects: ObjectStore, bucket: string, key: string): StoredObject | undefined {
  try {
    return objects.headObject(bucket, key);
  } catch {
    // The store says "no such key" by throwing, and knows no other reason to.
    return undefined;
  }
}

function answered(answer: Answer): S3Result {
  return { kind: 'answer', answer };
}

function failed(failure: Failure): S3Result {
  return { kind: 'failure', failure };
}
