import { createHash } from 'node:crypto';
import { idOf, type Place } from './ids.ts';

/** The functions that need nothing but their arguments and the place. Names are without case. */
export const plainFunctions: Readonly<Record<string, (args: readonly unknown[], place: Place) => unknown>> = {
  concat: (args) => (Array.isArray(args[0]) ? args.flat() : args.map(textOf).join('')),
  coalesce: (args) => args.find((each) => each !== null) ?? null,
  contains: ([value, item]) =>
    typeof value === 'string' ? value.includes(textOf(item)) : listOf(value).includes(item),
  createarray: (args) => args,
  createobject: (args) => {
    if (args.length % 2 !== 0) throw new RangeError('createObject takes names and values by turns');
    return Object.fromEntries(
      Array.from({ length: args.length / 2 }, (_, index) => [textOf(args[index * 2]), args[index * 2 + 1]]),
    );
  },
  empty: ([value]) => value === null || lengthOf(value) === 0,
  equals: ([one, other]) => JSON.stringify(one) === JSON.stringify(other),
  extensionresourceid: ([scope, type, ...names]) => `${textOf(scope)}${idOf(textOf(type), names.map(textOf))}`,
  false: () => false,
  format: ([text, ...values]) =>
    textOf(text).replaceAll(/\{(\d+)\}/g, (_, index: string) => {
      const value = values[Number(index)];
      if (value === undefined) throw new RangeError(`format has no value for {${index}}`);
      return textOf(value);
    }),
  guid: (args) =>
    hash(args).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, (_, ...parts: string[]) => parts.slice(0, 5).join('-')),
  last: ([list]) => listOf(list).at(-1),
  length: ([value]) => lengthOf(value),
  not: ([value]) => {
    if (typeof value !== 'boolean') throw new RangeError('not takes true or false');
    return !value;
  },
  null: () => null,
  resourcegroup: (_, { subscriptionId, resourceGroup }) => ({
    id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`,
    name: resourceGroup,
    location: 'westeurope',
  }),
  resourceid: (args, place) => {
    const at = args.findIndex((each) => /^Microsoft\.\w+\//.test(String(each)));
    if (at < 0 || at > 2) throw new RangeError('resourceId names no type of resources');
    const [resourceGroup = place.resourceGroup, subscriptionId = place.subscriptionId] = args
      .slice(0, at)
      .reverse()
      .map(textOf);
    return idOf(textOf(args[at]), args.slice(at + 1).map(textOf), { subscriptionId, resourceGroup });
  },
  split: ([text, by]) => textOf(text).split(textOf(by)),
  subscription: (_, { subscriptionId }) => ({ id: `/subscriptions/${subscriptionId}`, subscriptionId }),
  subscriptionresourceid: ([type, ...names], { subscriptionId }) =>
    `/subscriptions/${subscriptionId}${idOf(textOf(type), names.map(textOf))}`,
  tryget: ([value, key]) =>
    (typeof value === 'object' && value !== null && (value as Record<string, unknown>)[textOf(key)]) || null,
  tolower: ([text]) => textOf(text).toLowerCase(),
  true: () => true,
  union: (args) => {
    if (args.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each))) {
      return Object.assign({}, ...args) as unknown;
    }
    throw new RangeError('union takes objects');
  },
  uniquestring: (args) =>
    BigInt(`0x${hash(args)}`)
      .toString(32)
      .slice(0, 13),
};

function hash(values: readonly unknown[]): string {
  if (values.length === 0) throw new RangeError('a name needs something to be made of');
  return createHash('sha256').update(values.map(textOf).join('|').toLowerCase()).digest('hex');
}

/** @throws RangeError for what is neither text, number nor boolean */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new RangeError(`text expected, not ${JSON.stringify(value)}`);
}

export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError(`a list expected, not ${JSON.stringify(value)}`);
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new RangeError(`${JSON.stringify(value)} has no length`);
}
