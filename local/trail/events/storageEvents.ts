import { apiCall, type EventKind, resource } from '../apiCall.ts';
import { estate } from '../estate.ts';
import { type JsonObject, literal } from '../json.ts';
import type { Scene } from '../scene.ts';

/** S3: data events on objects, and changes of buckets. */
export const storageEvents: readonly EventKind[] = [
  { name: 'GetObject', weight: 8, build: (scene) => objectEvent(scene, 'GetObject') },
  { name: 'PutObject', weight: 3, build: (scene) => objectEvent(scene, 'PutObject') },
  { name: 'HeadObject', weight: 2, build: (scene) => objectEvent(scene, 'HeadObject') },
  { name: 'DeleteObjects', weight: 0.3, build: deleteObjects },
  { name: 'PutBucketPolicy', weight: 0.3, build: putBucketPolicy },
  { name: 'PutBucketPublicAccessBlock', weight: 0.2, build: publicAccessBlock },
];

function objectEvent(scene: Scene, eventName: 'GetObject' | 'PutObject' | 'HeadObject'): JsonObject {
  const { random, region } = scene;
  const bucketName = random.favour(estate.buckets);
  const key = objectKey(scene);
  const host = `${bucketName}.s3.${region}.amazonaws.com`;
  const isPut = eventName === 'PutObject';
  return apiCall(scene, 's3', eventName, {
    data: true,
    readOnly: !isPut,
    requestId: requestId(scene),
    host,
    request: {
      bucketName,
      Host: host,
      key,
      ...(isPut
        ? {
            'x-amz-server-side-encryption': 'aws:kms',
            'x-amz-storage-class': 'STANDARD',
            'x-amz-acl': random.chance(0.1) ? 'bucket-owner-full-control' : undefined,
          }
        : {}),
    },
    response: isPut
      ? {
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': scene.key(),
          'x-amz-version-id': random.text(base64, 32),
        }
      : undefined,
    additional: {
      SignatureVersion: 'SigV4',
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: isPut ? random.below(1 << 24) : zero,
      AuthenticationMethod: 'AuthHeader',
      'x-amz-id-2': random.text(base64, 76),
      bytesTransferredOut: eventName === 'GetObject' ? random.below(1 << 24) : zero,
    },
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucketName}/${key}` },
      resource(scene, 'AWS::S3::Bucket', `arn:aws:s3:::${bucketName}`),
    ],
    vpcEndpoint: random.chance(0.5) ? 'vpce-0d1e2f3a4b5c6d7e8' : undefined,
  });
}

function deleteObjects(scene: Scene): JsonObject {
  const bucketName = scene.random.pick(estate.buckets);
  return apiCall(scene, 's3', 'DeleteObjects', {
    data: true,
    requestId: requestId(scene),
    request: { bucketName, Host: `${bucketName}.s3.${scene.region}.amazonaws.com`, delete: '' },
    additional: {
      SignatureVersion: 'SigV4',
      bytesTransferredIn: 1 + scene.random.below(9000),
      bytesTransferredOut: zero,
    },
    resources: [
      { type: 'AWS::S3::Object', ARNPrefix: `arn:aws:s3:::${bucketName}/` },
      resource(scene, 'AWS::S3::Bucket', `arn:aws:s3:::${bucketName}`),
    ],
  });
}

/** The policy arrives as an object here, as S3 writes it; IAM writes its policies as text. */
function putBucketPolicy(scene: Scene): JsonObject {
  const bucketName = scene.random.pick(estate.buckets);
  return apiCall(scene, 's3', 'PutBucketPolicy', {
    requestId: requestId(scene),
    request: {
      bucketPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'PublicRead',
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:GetObject',
            Resource: `arn:aws:s3:::${bucketName}/*`,
          },
        ],
      },
      bucketName,
      Host: `s3.${scene.region}.amazonaws.com`,
      policy: '',
    },
    additional: { SignatureVersion: 'SigV4', bytesTransferredIn: zero, bytesTransferredOut: zero },
    resources: [resource(scene, 'AWS::S3::Bucket', `arn:aws:s3:::${bucketName}`)],
  });
}

function publicAccessBlock(scene: Scene): JsonObject {
  const bucketName = scene.random.pick(estate.buckets);
  return apiCall(scene, 's3', 'PutBucketPublicAccessBlock', {
    requestId: requestId(scene),
    request: {
      publicAccessBlock: '',
      bucketName,
      PublicAccessBlockConfiguration: {
        xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
        RestrictPublicBuckets: false,
        BlockPublicPolicy: false,
        BlockPublicAcls: false,
        IgnorePublicAcls: false,
      },
    },
    resources: [resource(scene, 'AWS::S3::Bucket', `arn:aws:s3:::${bucketName}`)],
  });
}

function objectKey(scene: Scene): string {
  const { random } = scene;
  return random.favour([
    () => `events/year=2026/month=11/part-${random.hex(8)}-${random.hex(4)}.snappy.parquet`,
    () => `img/original/${random.uuid()}.jpg`,
    () => `exports/täglich/Bestellungen ${random.below(365)}.csv`,
    () => 'tfstate/prod/network/terraform.tfstate',
    () => `reports/日本/売上-${random.hex(6)}.json`,
  ])();
}

function requestId(scene: Scene): string {
  return scene.random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16);
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

// S3 writes byte counts as decimals; parsing and writing again would lose the fraction.
const zero = literal('0.0');
