import { randomBytes } from 'node:crypto';
import { attach, type World } from './world.ts';

/** Adds a role to the world. */
export function addRole(world: World, arn: string, trust: unknown, permissions: unknown): void {
  world.roles.set(arn, {
    arn,
    account: arn.split(':')[4] ?? '',
    name: arn.slice(arn.lastIndexOf('/') + 1),
    id: uniqueId('AROA'),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (default of MaxSessionDuration)
    maxSessionSeconds: 3600,
    trust: attach('trust', `the trust of ${arn}`, trust),
    permissions: attach('identity', arn, permissions),
    used: new Set(),
  });
}

/** Adds an IAM user with an access key; what it may do is said by the policy. */
export function addUser(
  world: World,
  arn: string,
  key: { accessKeyId: string; secretAccessKey: string },
  permissions: unknown,
): void {
  world.users.set(key.accessKeyId, {
    arn,
    account: arn.split(':')[4] ?? '',
    id: uniqueId('AIDA'),
    accessKeyId: key.accessKeyId,
    secretAccessKey: key.secretAccessKey,
    permissions: attach('identity', arn, permissions),
  });
}

/** An id as IAM makes them: four letters of kind, then base 32. */
export function uniqueId(prefix: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('');
}
