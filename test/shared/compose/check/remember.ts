import type { World } from '../../../../local/aws/scene/world.ts';

/** Remembers all that IAM knows; the returned function puts it back. */
export function remember(world: World): () => void {
  const maps = [world.roles, world.users, world.buckets, world.queues, world.kmsKeys].map(rememberMap);
  const lists = [world.oidcProviders, world.trails].map(rememberList);
  return () => {
    for (const restore of [...maps, ...lists]) restore();
    world.disabledStsRegions.clear();
  };
}

function rememberMap(map: Map<string, object>): () => void {
  const before = [...map].map(([name, value]) => [name, value, { ...value }] as const);
  return () => {
    map.clear();
    for (const [name, value, fields] of before) map.set(name, again(value, fields));
  };
}

function rememberList(list: object[]): () => void {
  const before = list.map((value) => [value, { ...value }] as const);
  return () => {
    list.splice(0, list.length, ...before.map(([value, fields]) => again(value, fields)));
  };
}

/** The same object, since others hold it, with the fields that it had. */
function again(value: object, fields: object): object {
  for (const name of Object.keys(value)) Reflect.deleteProperty(value, name);
  return Object.assign(value, fields);
}
