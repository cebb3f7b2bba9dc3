import { estate } from './estate.ts';
import type { JsonObject } from './json.ts';
import type { Random } from './random.ts';

/** Who made a call, and from where. */
export interface Caller {
  readonly identity: JsonObject;
  readonly address: string;
  readonly userAgent: string;
  /** Calls by AWS services carry no TLS details. */
  readonly byService: boolean;
  readonly fromConsole: boolean;
}

const uniqueIdAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const accessKeyAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Draws one caller of an account; `at` is about when the caller acts, in milliseconds. */
export function drawCaller(random: Random, accountId: string, at: number): Caller {
  let weight = random.next();
  for (const [share, draw] of kinds) {
    weight -= share;
    if (weight < 0) return draw(random, accountId, at);
  }
  return workload(random, accountId, at);
}

/** The account's root user, with or without a second factor. */
export function rootUser(random: Random, accountId: string, at: number): Caller {
  return person(random, {
    type: 'Root',
    principalId: accountId,
    arn: `arn:aws:iam::${accountId}:root`,
    accountId,
    accessKeyId: random.chance(0.5) ? '' : accessKeyId(random, 'ASIA'),
    sessionContext: {
      sessionIssuer: {},
      webIdFederationData: {},
      attributes: attributes(random, at, random.chance(0.6)),
    },
  });
}

/** An AWS service acting in the account. */
export function serviceCaller(random: Random): Caller {
  const service = `${random.pick(['cloudtrail', 'config', 'autoscaling', 'lambda', 'ec2', 'elasticfilesystem', 'guardduty'])}.amazonaws.com`;
  return {
    identity: { type: 'AWSService', invokedBy: service },
    address: service,
    userAgent: service,
    byService: true,
    fromConsole: false,
  };
}

/** `AROA…`, `AIDA…`: IAM's unique identifiers. */
export function uniqueId(random: Random, prefix: string): string {
  return prefix + random.text(uniqueIdAlphabet, 17);
}

export function accessKeyId(random: Random, prefix: string): string {
  return prefix + random.text(accessKeyAlphabet, 16);
}

/** A public IPv4 or, now and then, IPv6 address. */
export function address(random: Random): string {
  if (random.chance(0.05)) return `2001:db8:${random.hex(4)}:${random.hex(4)}::${random.hex(3)}`;
  return `${random.pick([198, 203, 52, 18, 3])}.${random.below(256)}.${random.below(256)}.${1 + random.below(254)}`;
}

/** `2026-11-01T00:05:00Z`: one second's resolution, as in every record. */
export function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

type Draw = (random: Random, accountId: string, at: number) => Caller;

const kinds: readonly (readonly [share: number, draw: Draw])[] = [
  [0.52, workload],
  [0.12, singleSignOn],
  [0.12, iamUser],
  [0.1, serviceCaller],
  [0.03, consoleUser],
  [0.03, otherAccount],
  [0.03, identityCenterUser],
  [0.02, federatedUser],
  [0.01, rootUser],
];

/** A role assumed by a machine, a pod or a pipeline. */
function workload(random: Random, accountId: string, at: number): Caller {
  const role = random.favour(estate.roles);
  const roleId = uniqueId(random, 'AROA');
  const session = random.pick([
    `i-0${random.hex(16)}`,
    `botocore-session-${1_700_000_000 + random.below(90_000_000)}`,
    'GitHubActions',
    `aws-go-sdk-${1_700_000_000 + random.below(90_000_000)}000000000`,
  ]);
  const federated = role.endsWith('irsa') || session === 'GitHubActions';
  return machine(random, {
    type: 'AssumedRole',
    principalId: `${roleId}:${session}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
    accountId,
    accessKeyId: accessKeyId(random, 'ASIA'),
    sessionContext: {
      sessionIssuer: roleIssuer(accountId, role, roleId),
      webIdFederationData: federated
        ? {
            federatedProvider: `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`,
            attributes: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
          }
        : random.chance(0.3)
          ? {}
          : undefined,
      attributes: attributes(random, at, false),
      ec2RoleDelivery: session.startsWith('i-0') ? random.pick(['2.0', '2.0', '1.0']) : undefined,
      sourceIdentity: random.chance(0.05) ? 'jane.doe' : undefined,
    },
    invokedBy: random.chance(0.05) ? 'eks.amazonaws.com' : undefined,
    // Newer than eventVersion 1.11's list of fields, and added without a new version.
    invokedByDelegate: random.chance(0.01) ? { accountId: '999988887777' } : undefined,
  });
}

function singleSignOn(random: Random, accountId: string, at: number): Caller {
  const role = random.pick(estate.permissionSets);
  const roleId = uniqueId(random, 'AROA');
  const who = random.pick(estate.people);
  return person(random, {
    type: 'AssumedRole',
    principalId: `${roleId}:${who}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${who}`,
    accountId,
    accessKeyId: accessKeyId(random, 'ASIA'),
    sessionContext: {
      sessionIssuer: {
        ...roleIssuer(accountId, role, roleId),
        arn: `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/${role}`,
      },
      attributes: attributes(random, at, false),
    },
    onBehalfOf: random.chance(0.3) ? onBehalfOf(random, accountId) : undefined,
  });
}

function iamUser(random: Random, accountId: string): Caller {
  return machine(random, { ...user(random, accountId), accessKeyId: accessKeyId(random, 'AKIA') });
}

function consoleUser(random: Random, accountId: string, at: number): Caller {
  return person(random, {
    ...user(random, accountId),
    accessKeyId: accessKeyId(random, 'ASIA'),
    sessionContext: {
      sessionIssuer: {},
      webIdFederationData: {},
      attributes: attributes(random, at, random.chance(0.7)),
    },
  });
}

/** A caller of another account: often all that is told is the account; S3 calls anonymous ones `anonymous`. */
function otherAccount(random: Random): Caller {
  if (random.chance(0.2)) {
    return machine(random, { type: 'AWSAccount', principalId: '', accountId: 'anonymous' });
  }
  return machine(random, {
    type: 'AWSAccount',
    principalId: `${uniqueId(random, 'AROA')}:cross-account`,
    accountId: '555566667777',
  });
}

function identityCenterUser(random: Random, accountId: string): Caller {
  return person(random, {
    type: 'IdentityCenterUser',
    accountId,
    onBehalfOf: onBehalfOf(random, accountId),
    credentialId: random.hex(56),
  });
}

function federatedUser(random: Random, accountId: string, at: number): Caller {
  const name = random.pick(estate.users);
  const issuer = uniqueId(random, 'AIDA');
  return machine(random, {
    type: 'FederatedUser',
    principalId: `${accountId}:${name}`,
    arn: `arn:aws:sts::${accountId}:federated-user/${name}`,
    accountId,
    accessKeyId: accessKeyId(random, 'ASIA'),
    sessionContext: {
      sessionIssuer: {
        type: 'IAMUser',
        principalId: issuer,
        arn: `arn:aws:iam::${accountId}:user/svc-broker`,
        accountId,
        userName: 'svc-broker',
      },
      attributes: { creationDate: compactDate(at - random.below(3_600_000)), mfaAuthenticated: 'false' },
    },
  });
}

function user(random: Random, accountId: string): JsonObject {
  const userName = random.pick(estate.users);
  return {
    type: 'IAMUser',
    principalId: uniqueId(random, 'AIDA'),
    arn: `arn:aws:iam::${accountId}:user/${userName}`,
    accountId,
    userName,
  };
}

function roleIssuer(accountId: string, role: string, principalId: string): JsonObject {
  return { type: 'Role', principalId, arn: `arn:aws:iam::${accountId}:role/${role}`, accountId, userName: role };
}

function attributes(random: Random, at: number, mfa: boolean): JsonObject {
  return { creationDate: isoSeconds(at - random.below(3_600_000)), mfaAuthenticated: mfa ? 'true' : 'false' };
}

function onBehalfOf(random: Random, accountId: string): JsonObject {
  return {
    userId: random.uuid(),
    identityStoreArn: `arn:aws:identitystore::${accountId}:identitystore/d-90670example`,
  };
}

/** The older writing of a session's creation date. */
function compactDate(at: number): string {
  return isoSeconds(at).replaceAll(/[-:]/g, '');
}

function machine(random: Random, identity: JsonObject): Caller {
  return {
    identity,
    address: address(random),
    userAgent: random.favour(estate.userAgents),
    byService: false,
    fromConsole: false,
  };
}

function person(random: Random, identity: JsonObject): Caller {
  return { identity, address: address(random), userAgent: estate.browser, byService: false, fromConsole: true };
}
