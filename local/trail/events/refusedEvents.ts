import { apiCall, type EventKind } from '../apiCall.ts';
import { estate } from '../estate.ts';
import type { JsonObject } from '../json.ts';
import type { Scene } from '../scene.ts';

/** Calls that AWS refused. */
export const refusedEvents: readonly EventKind[] = [
  { name: 'AccessDenied', weight: 2, build: accessDenied },
  { name: 'Client.UnauthorizedOperation', weight: 0.6, build: unauthorizedOperation },
  { name: 'NoSuchKey', weight: 0.4, build: noSuchKey },
  { name: 'ThrottlingException', weight: 0.4, build: throttled },
];

function accessDenied(scene: Scene): JsonObject {
  const [service, action] = scene.random.pick([
    ['s3', 'PutBucketPolicy'],
    ['iam', 'CreateLoginProfile'],
    ['kms', 'ListKeys'],
    ['secretsmanager', 'ListSecrets'],
  ] as const);
  return apiCall(scene, service, action, {
    readOnly: action.startsWith('List'),
    error: {
      code: 'AccessDenied',
      message: `User: arn:aws:sts::${scene.account.id}:assumed-role/scanner/x is not authorized to perform: ${service}:${action} on resource: "*" because no identity-based policy allows the ${service}:${action} action`,
    },
  });
}

function unauthorizedOperation(scene: Scene): JsonObject {
  return apiCall(scene, 'ec2', 'StopInstances', {
    apiVersion: '2016-11-15',
    request: { instancesSet: { items: [{ instanceId: scene.instance() }] }, force: false },
    error: {
      code: 'Client.UnauthorizedOperation',
      message: `You are not authorized to perform this operation. Encoded authorization failure message: ${scene.random.text(encodedAlphabet, 400)}`,
    },
  });
}

function noSuchKey(scene: Scene): JsonObject {
  const bucketName = scene.random.pick(estate.buckets);
  return apiCall(scene, 's3', 'GetObject', {
    data: true,
    readOnly: true,
    error: { code: 'NoSuchKey', message: 'The specified key does not exist.' },
    request: { bucketName, key: `missing/${scene.random.hex(12)}`, Host: `${bucketName}.s3.amazonaws.com` },
  });
}

function throttled(scene: Scene): JsonObject {
  return apiCall(scene, 'sts', 'GetFederationToken', {
    error: { code: 'ThrottlingException', message: 'Rate exceeded' },
    request: { name: scene.random.pick(estate.users), durationSeconds: 3600 },
  });
}

const encodedAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
