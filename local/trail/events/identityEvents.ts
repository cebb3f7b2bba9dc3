import { apiCall, type EventKind, resource } from '../apiCall.ts';
import { accessKeyId, serviceCaller, uniqueId } from '../callers.ts';
import { estate } from '../estate.ts';
import { type JsonObject, literal } from '../json.ts';
import type { Scene } from '../scene.ts';

/** STS and IAM: who becomes whom, and who may do what. */
export const identityEvents: readonly EventKind[] = [
  { name: 'AssumeRole', weight: 6, build: assumeRole },
  { name: 'AssumeRoleWithWebIdentity', weight: 1.5, build: assumeRoleWithWebIdentity },
  { name: 'AssumeRoleWithSAML', weight: 0.3, build: assumeRoleWithSaml },
  {
    name: 'GetCallerIdentity',
    weight: 2,
    build: (scene) => apiCall(scene, 'sts', 'GetCallerIdentity', { readOnly: true }),
  },
  { name: 'PutRolePolicy', weight: 1, build: putRolePolicy },
  { name: 'CreateRole', weight: 0.5, build: createRole },
  { name: 'CreateUser', weight: 0.2, build: createUser },
  { name: 'CreateAccessKey', weight: 0.2, build: createAccessKey },
  { name: 'AttachUserPolicy', weight: 0.2, build: attachUserPolicy },
  {
    name: 'GetRole',
    weight: 1.5,
    build: (scene) =>
      apiCall(scene, 'iam', 'GetRole', {
        readOnly: true,
        apiVersion: iamVersion,
        request: { roleName: scene.random.pick(estate.roles) },
      }),
  },
];

const iamVersion = '2010-05-08';

// IAM writes a policy as the text that was sent: JSON inside a string, white space and all.
const policyDocument = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AllowReadBucket',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: ['arn:aws:s3:::example-prod-data-lake-raw', 'arn:aws:s3:::example-prod-data-lake-raw/*'],
        Condition: { StringEquals: { 'aws:PrincipalOrgID': estate.organizationId } },
      },
      { Sid: 'AllowKms', Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*' },
    ],
  },
  null,
  2,
);

function assumeRole(scene: Scene): JsonObject {
  const { random, account } = scene;
  const role = random.favour(estate.roles);
  const session = `session-${1_700_000_000 + random.below(90_000_000)}`;
  const roleArn = `arn:aws:iam::${account.id}:role/${role}`;
  return apiCall(scene, 'sts', 'AssumeRole', {
    caller: random.chance(0.4) ? serviceCaller(random) : undefined,
    readOnly: true,
    request: {
      roleArn,
      roleSessionName: session,
      durationSeconds: 3600,
      externalId: random.chance(0.2) ? random.uuid() : undefined,
    },
    response: assumedSession(scene, role, session),
    resources: [resource(scene, 'AWS::IAM::Role', roleArn)],
    sharedEventId: random.chance(0.4) ? random.uuid() : undefined,
  });
}

function assumeRoleWithWebIdentity(scene: Scene): JsonObject {
  const { random, account, region } = scene;
  const role = 'orders-service-irsa';
  const provider = `arn:aws:iam::${account.id}:oidc-provider/oidc.eks.${region}.amazonaws.com/id/EXAMPLE`;
  const userName = 'system:serviceaccount:orders:orders-api';
  const base = scene.caller();
  return apiCall(scene, 'sts', 'AssumeRoleWithWebIdentity', {
    caller: {
      ...base,
      byService: false,
      fromConsole: false,
      identity: {
        type: 'WebIdentityUser',
        principalId: `${provider}:sts.amazonaws.com:${userName}`,
        userName,
        identityProvider: provider,
      },
    },
    readOnly: true,
    request: {
      roleArn: `arn:aws:iam::${account.id}:role/${role}`,
      roleSessionName: `orders-${random.hex(8)}`,
      durationSeconds: 86_400,
    },
    response: {
      subjectFromWebIdentityToken: userName,
      ...assumedSession(scene, role, `orders-${random.hex(8)}`),
      provider,
      audience: 'sts.amazonaws.com',
    },
    resources: [resource(scene, 'AWS::IAM::Role', `arn:aws:iam::${account.id}:role/${role}`)],
  });
}

function assumeRoleWithSaml(scene: Scene): JsonObject {
  const { random, account } = scene;
  const who = random.pick(estate.people);
  const base = scene.caller();
  return apiCall(scene, 'sts', 'AssumeRoleWithSAML', {
    caller: {
      ...base,
      byService: false,
      fromConsole: false,
      identity: {
        type: 'SAMLUser',
        principalId: `SAML:${who}`,
        userName: who,
        identityProvider: `arn:aws:iam::${account.id}:saml-provider/corporate`,
      },
    },
    readOnly: true,
    request: {
      sAMLAssertionID: `_${random.uuid()}`,
      roleSessionName: who,
      principalTags: { 'kosten-stelle': '4711', Abteilung: 'Größeneinkauf' },
      durationSeconds: 3600,
      roleArn: `arn:aws:iam::${account.id}:role/corporate-admin`,
      principalArn: `arn:aws:iam::${account.id}:saml-provider/corporate`,
    },
    response: {
      ...assumedSession(scene, 'corporate-admin', who),
      subjectType: 'persistent',
      issuer: 'https://idp.example.com/saml',
    },
  });
}

function putRolePolicy(scene: Scene): JsonObject {
  return apiCall(scene, 'iam', 'PutRolePolicy', {
    apiVersion: iamVersion,
    request: {
      roleName: scene.random.pick(estate.roles),
      policyName: `inline-${scene.random.hex(6)}`,
      policyDocument,
    },
  });
}

function createRole(scene: Scene): JsonObject {
  const { random, account } = scene;
  const roleName = `app-${random.hex(6)}`;
  const trust =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
  return apiCall(scene, 'iam', 'CreateRole', {
    apiVersion: iamVersion,
    request: { roleName, assumeRolePolicyDocument: trust, description: 'Création automatisée: équipe “plateforme”' },
    response: {
      role: {
        path: '/',
        roleName,
        roleId: uniqueId(random, 'AROA'),
        arn: `arn:aws:iam::${account.id}:role/${roleName}`,
        createDate: 'Nov 1, 2026 3:12:31 AM',
        // The answer carries the document percent-encoded.
        assumeRolePolicyDocument: encodeURIComponent(trust),
      },
    },
  });
}

function createUser(scene: Scene): JsonObject {
  const { random, account } = scene;
  const userName = `${random.pick(estate.users)}.${random.hex(4)}`;
  return apiCall(scene, 'iam', 'CreateUser', {
    apiVersion: iamVersion,
    request: { userName, tags: [{ key: 'owner', value: 'équipe "réseau"\\prod' }] },
    response: {
      user: {
        path: '/',
        userName,
        userId: uniqueId(random, 'AIDA'),
        arn: `arn:aws:iam::${account.id}:user/${userName}`,
        createDate: 'Nov 1, 2026 3:12:31 AM',
      },
    },
  });
}

function createAccessKey(scene: Scene): JsonObject {
  const userName = scene.random.pick(estate.users);
  return apiCall(scene, 'iam', 'CreateAccessKey', {
    apiVersion: iamVersion,
    request: { userName },
    response: {
      accessKey: {
        userName,
        accessKeyId: accessKeyId(scene.random, 'AKIA'),
        status: 'Active',
        createDate: 'Nov 1, 2026 3:12:31 AM',
      },
    },
  });
}

function attachUserPolicy(scene: Scene): JsonObject {
  return apiCall(scene, 'iam', 'AttachUserPolicy', {
    apiVersion: iamVersion,
    request: { userName: scene.random.pick(estate.users), policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  });
}

function assumedSession(scene: Scene, role: string, session: string): JsonObject {
  const { random, account } = scene;
  return {
    credentials: {
      accessKeyId: accessKeyId(random, 'ASIA'),
      // AWS's serializers escape what JSON does not ask for.
      sessionToken: literal(`"IQoJb3JpZ2luX2VjE${random.hex(96)}\\u003d\\u003d"`),
      expiration: 'Nov 1, 2026, 4:12:31 AM',
    },
    assumedRoleUser: {
      assumedRoleId: `${uniqueId(random, 'AROA')}:${session}`,
      arn: `arn:aws:sts::${account.id}:assumed-role/${role}/${session}`,
    },
  };
}
