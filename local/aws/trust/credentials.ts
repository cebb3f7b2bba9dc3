import { randomBytes } from 'node:crypto';
import { uniqueId } from '../scene/members.ts';
import type { Role, World } from '../scene/world.ts';
import type { Policy } from './iam/policy.ts';
import type { RequestPrincipal } from './iam/principals.ts';

/** Whose signature a request carries. */
export interface Caller {
  readonly principal: RequestPrincipal;
  /** The ARN AWS shows in messages: a user's, or an assumed role's session. */
  readonly arn: string;
  readonly userId: string;
  readonly account: string;
  readonly permissions: () => readonly Policy[];
  readonly sessionPolicy?: Policy;
  readonly isSession: boolean;
  /** Told what the caller was allowed to do. */
  readonly onUse?: (action: string, resource: string) => void;
}

/** An access key as the service knows it. */
export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly caller: Caller;
  /** Epoch milliseconds; absent for long-lived keys. */
  expiresAt?: number;
  /** Signing keys by scope, derived once a day and region: the derivation costs four times the signature itself. */
  readonly signingKeys: Map<string, Buffer>;
}

/** The sessions STS has handed out, and the users' long-lived keys. */
export interface Credentials {
  find(accessKeyId: string): Credential | undefined;
  issue(role: Role, sessionName: string, durationSeconds: number, sessionPolicy?: Policy): Credential;
  /** Ends every session now; long-lived keys stay. */
  expireAll(): void;
}

/** Remembers ended sessions for a good while, so that a late request is told ExpiredToken and not "unknown". */
export function makeCredentials(world: World, now: () => number): Credentials {
  const sessions = new Map<string, Credential>();
  const users = new Map<string, Credential>();
  return {
    find(accessKeyId) {
      return sessions.get(accessKeyId) ?? userCredential(world, users, accessKeyId);
    },
    issue(role, sessionName, durationSeconds, sessionPolicy) {
      if (sessions.size >= 10_000) forgetEnded(sessions, now());
      const credential = sessionOf(role, sessionName, now() + durationSeconds * 1000, sessionPolicy);
      sessions.set(credential.accessKeyId, credential);
      return credential;
    },
    expireAll() {
      for (const session of sessions.values()) session.expiresAt = Math.min(session.expiresAt ?? 0, now());
    },
  };
}

function sessionOf(role: Role, name: string, expiresAt: number, sessionPolicy: Policy | undefined): Credential {
  const arn = `arn:aws:sts::${role.account}:assumed-role/${role.name}/${name}`;
  return {
    accessKeyId: uniqueId('ASIA'),
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(270).toString('base64'),
    expiresAt,
    signingKeys: new Map(),
    caller: {
      arn,
      userId: `${role.id}:${name}`,
      account: role.account,
      principal: { kind: 'AWS', account: role.account, names: [role.arn, arn] },
      permissions: () => [role.permissions.policy],
      ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
      isSession: true,
      onUse: (action, resource) => role.used.add(`${action} ${resource}`),
    },
  };
}

function userCredential(world: World, cache: Map<string, Credential>, accessKeyId: string): Credential | undefined {
  const user = world.users.get(accessKeyId);
  if (user === undefined) return undefined;
  const known = cache.get(accessKeyId);
  if (known?.secretAccessKey === user.secretAccessKey) return known;
  const credential: Credential = {
    accessKeyId,
    secretAccessKey: user.secretAccessKey,
    signingKeys: new Map(),
    caller: {
      arn: user.arn,
      userId: user.id,
      account: user.account,
      principal: { kind: 'AWS', account: user.account, names: [user.arn] },
      permissions: () => [user.permissions.policy],
      isSession: false,
    },
  };
  cache.set(accessKeyId, credential);
  return credential;
}

function forgetEnded(sessions: Map<string, Credential>, now: number): void {
  for (const [id, session] of sessions) {
    if ((session.expiresAt ?? 0) < now) sessions.delete(id);
  }
}
