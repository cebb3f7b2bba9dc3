import type { Scene } from './scene.ts';
import type { Attached } from './world.ts';

/** Misconfigurations a customer can make, by name. */
export type BreakName = keyof typeof breaks;

/** Every name, for a command line or a table of tests. */
export const breakNames = Object.freeze(Object.keys(breakTable()) as BreakName[]);

/** Breaks one thing of the scene; the returned function repairs it. */
export function breakScene(scene: Scene, name: BreakName): () => void {
  const before = remember(scene);
  breaks[name](scene);
  return () => restore(scene, before);
}

const breaks = breakTable();

function breakTable() {
  return {
    /** The target role demands another external id. */
    'external-id': (scene: Scene) =>
      changeTrust(scene, scene.roleArn, (text) => replaceCondition(text, 'sts:ExternalId', 'another-workspace')),
    /** The target role trusts another role than the hub. */
    'target-trust': (scene: Scene) =>
      changeTrust(scene, scene.roleArn, (text) => text.replaceAll(scene.hubRoleArn, `${scene.hubRoleArn}-recreated`)),
    /** The hub may not assume the target role. */
    'hub-policy': (scene: Scene) => {
      const other = `${scene.roleArn}-other`;
      changePermissions(scene, scene.hubRoleArn, (text) => text.replaceAll(scene.roleArn, other));
    },
    /** The provider accepts another audience. */
    audience: (scene: Scene) => {
      for (const provider of scene.world.oidcProviders) provider.clientIds = ['api://another-application'];
    },
    /** The account has no provider for the issuer. */
    provider: (scene: Scene) => {
      for (const provider of scene.world.oidcProviders) provider.url = `${provider.url}another/`;
    },
    /** The hub role demands another subject. */
    subject: (scene: Scene) =>
      changeTrust(scene, scene.hubRoleArn, (text) =>
        text.replace(/(?<=:sub":")[^"]*/g, '00000000-0000-0000-0000-000000000000'),
      ),
    'sqs-receive': (scene: Scene) => drop(scene, 'sqs:ReceiveMessage'),
    'sqs-delete': (scene: Scene) => drop(scene, 'sqs:DeleteMessage'),
    's3-get': (scene: Scene) => drop(scene, 's3:GetObject'),
    /** A missing object now looks like a forbidden one. */
    's3-list': (scene: Scene) => drop(scene, 's3:ListBucket'),
    /** The bucket turns out to be encrypted with a key the role may not use. */
    kms: (scene: Scene) => {
      const bucket = scene.world.buckets.get(scene.bucket);
      if (bucket === undefined) throw new Error(`The embedded AWS has no bucket ${scene.bucket}.`);
      if (bucket.kmsKeyArn === undefined) {
        bucket.kmsKeyArn = `arn:aws:kms:${bucket.region}:${bucket.account}:key/0b1e5c1d-7a3f-4c52-9d0e-5f6a7b8c9d0e`;
        scene.world.setKeyPolicy(bucket.kmsKeyArn, {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${bucket.account}:root` },
              Action: 'kms:*',
              Resource: '*',
            },
          ],
        });
      } else drop(scene, 'kms:Decrypt');
    },
  } as const;
}

interface Before {
  readonly trusts: ReadonlyMap<string, Attached>;
  readonly permissions: ReadonlyMap<string, Attached>;
  readonly providers: ReadonlyArray<{ readonly url: string; readonly clientIds: string[] }>;
  readonly kmsKeyArn: string | undefined;
}

function remember(scene: Scene): Before {
  const roles = [...scene.world.roles.values()];
  return {
    trusts: new Map(roles.map((role) => [role.arn, role.trust])),
    permissions: new Map(roles.map((role) => [role.arn, role.permissions])),
    providers: scene.world.oidcProviders.map(({ url, clientIds }) => ({ url, clientIds })),
    kmsKeyArn: scene.world.buckets.get(scene.bucket)?.kmsKeyArn,
  };
}

function restore(scene: Scene, before: Before): void {
  for (const role of scene.world.roles.values()) {
    role.trust = before.trusts.get(role.arn) ?? role.trust;
    role.permissions = before.permissions.get(role.arn) ?? role.permissions;
  }
  scene.world.oidcProviders.forEach((provider, index) => {
    Object.assign(provider, before.providers[index]);
  });
  const bucket = scene.world.buckets.get(scene.bucket);
  if (bucket === undefined) return;
  if (before.kmsKeyArn === undefined) delete bucket.kmsKeyArn;
  else bucket.kmsKeyArn = before.kmsKeyArn;
}

function changeTrust(scene: Scene, roleArn: string, change: (text: string) => string): void {
  scene.world.setTrust(roleArn, JSON.parse(change(JSON.stringify(scene.world.roles.get(roleArn)?.trust.document))));
}

function changePermissions(scene: Scene, roleArn: string, change: (text: string) => string): void {
  const document = scene.world.roles.get(roleArn)?.permissions.document;
  scene.world.setPermissions(roleArn, JSON.parse(change(JSON.stringify(document))));
}

/** Takes the action out of the target role's statements. */
function drop(scene: Scene, action: string): void {
  const document = scene.world.roles.get(scene.roleArn)?.permissions.document as {
    Version: string;
    Statement: ReadonlyArray<{ Action: string | readonly string[] }>;
  };
  const statements = document.Statement.flatMap((statement) => {
    const actions = [statement.Action].flat().filter((name) => name !== action);
    return actions.length === 0 ? [] : [{ ...statement, Action: actions }];
  });
  scene.world.setPermissions(scene.roleArn, { ...document, Statement: statements });
}

function replaceCondition(text: string, key: string, value: string): string {
  return text.replace(new RegExp(`("${key}":)"[^"]*"`, 'g'), `$1${JSON.stringify(value)}`);
}
