import { apiCall, type EventKind } from '../apiCall.ts';
import { address, type Caller, rootUser, uniqueId } from '../callers.ts';
import { estate } from '../estate.ts';
import { type JsonObject, literal } from '../json.ts';
import type { Scene } from '../scene.ts';

/** Console sign-in in all its outcomes. */
export const signInEvents: readonly EventKind[] = [
  { name: 'ConsoleLogin success', weight: 0.4, build: (scene) => signIn(scene, knownUser(scene), 'Success', false) },
  { name: 'ConsoleLogin with MFA', weight: 0.4, build: (scene) => signIn(scene, knownUser(scene), 'Success', true) },
  { name: 'ConsoleLogin failure', weight: 0.2, build: (scene) => signIn(scene, failedUser(scene), 'Failure', false) },
  {
    name: 'ConsoleLogin unknown user',
    weight: 0.1,
    build: (scene) => signIn(scene, hiddenUser(scene), 'Failure', false),
  },
  { name: 'ConsoleLogin root', weight: 0.05, build: rootSignIn },
];

function signIn(scene: Scene, identity: JsonObject, outcome: 'Success' | 'Failure', mfa: boolean): JsonObject {
  const { random, account } = scene;
  return apiCall(scene, 'signin', 'ConsoleLogin', {
    caller: browserOf(scene, identity),
    eventType: 'AwsConsoleSignIn',
    requestId: null,
    host: 'signin.aws.amazon.com',
    // A wrong password gives a message without a code.
    error: outcome === 'Failure' ? { message: 'Failed authentication' } : undefined,
    response: { ConsoleLogin: outcome },
    additional: {
      LoginTo: literal(
        `"https://console.aws.amazon.com/console/home?hashArgs=%23\\u0026isauthcode=true\\u0026state=hashArgsFromTB_${scene.region}_${random.hex(16)}"`,
      ),
      MobileVersion: 'No',
      MFAIdentifier: mfa ? `arn:aws:iam::${account.id}:mfa/phone` : undefined,
      MFAUsed: mfa ? 'Yes' : 'No',
    },
  });
}

function rootSignIn(scene: Scene): JsonObject {
  const { identity } = rootUser(scene.random, scene.account.id, scene.from);
  const { sessionContext, ...withoutSession } = identity;
  return signIn(scene, withoutSession, 'Success', scene.random.chance(0.5) && sessionContext !== undefined);
}

function knownUser(scene: Scene): JsonObject {
  const userName = scene.random.pick(estate.users);
  return {
    type: 'IAMUser',
    principalId: uniqueId(scene.random, 'AIDA'),
    arn: `arn:aws:iam::${scene.account.id}:user/${userName}`,
    accountId: scene.account.id,
    userName,
  };
}

/** A failed sign-in of a real user tells no ARN. */
function failedUser(scene: Scene): JsonObject {
  return {
    type: 'IAMUser',
    principalId: uniqueId(scene.random, 'AIDA'),
    accountId: scene.account.id,
    accessKeyId: '',
    userName: scene.random.pick(estate.users),
  };
}

/** Somebody typed a name that does not exist, possibly a password: CloudTrail hides it. */
function hiddenUser(scene: Scene): JsonObject {
  return {
    type: scene.random.pick(['Unknown', 'IAMUser']),
    principalId: '',
    accountId: scene.account.id,
    accessKeyId: '',
    userName: 'HIDDEN_DUE_TO_SECURITY_REASONS',
  };
}

function browserOf(scene: Scene, identity: JsonObject): Caller {
  return {
    identity,
    address: address(scene.random),
    userAgent: estate.browser,
    byService: false,
    fromConsole: false,
  };
}
