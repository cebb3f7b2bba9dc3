import { asDynamic, keyOf, type Value } from '../values.ts';
import { asBag, asList, asNumber, asText, type ScalarFunction } from './registry.ts';

/** Dynamic of a text: what is no JSON stays the text. */
export function parseJson(value: Value | undefined): Value {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value;
  }
}

export const dynamics: Readonly<Record<string, ScalarFunction>> = {
  parse_json: ([value]) => parseJson(value),
  todynamic: ([value]) => parseJson(value),
  toobject: ([value]) => parseJson(value),
  array_length: ([list]) => asList(list)?.length ?? null,
  bag_keys: ([bag]) => {
    const found = asBag(bag);
    return found === null ? null : Object.keys(found);
  },
  bag_has_key: ([bag, name]) => Object.hasOwn(asBag(bag) ?? {}, asText(name)),
  bag_merge: (bags) => Object.assign({}, ...bags.map((bag) => asBag(bag) ?? {}).reverse()) as Value,
  bag_remove_keys: ([bag, names]) => {
    const gone = new Set((asList(names) ?? []).map(asText));
    return Object.fromEntries(Object.entries(asBag(bag) ?? {}).filter(([name]) => !gone.has(name)));
  },
  bag_pack: packed,
  pack: packed,
  pack_array: (args, types) => args.map((value, index) => asDynamic(value, types[index] ?? 'dynamic')),
  array_concat: (lists) => lists.flatMap((list) => [...(asList(list) ?? [])]),
  array_slice: ([list, from, to]) => {
    const end = asNumber(to) ?? -1;
    return asList(list)?.slice(asNumber(from) ?? 0, end === -1 ? undefined : end + 1) ?? null;
  },
  array_index_of: ([list, wanted]) => (asList(list) ?? []).findIndex((each) => keyOf(each) === keyOf(wanted ?? null)),
  array_sort_asc: ([list]) => [...(asList(list) ?? [])].sort(order),
  array_sort_desc: ([list]) => [...(asList(list) ?? [])].sort((one, other) => order(other, one)),
  set_has_element: ([list, wanted]) => (asList(list) ?? []).some((each) => keyOf(each) === keyOf(wanted ?? null)),
  set_union: (lists) => distinct(lists.flatMap((list) => [...(asList(list) ?? [])])),
  set_intersect: ([first, ...others]) =>
    distinct([...(asList(first) ?? [])]).filter((each) => others.every((list) => holds(list, each))),
  set_difference: ([first, ...others]) =>
    distinct([...(asList(first) ?? [])]).filter((each) => !others.some((list) => holds(list, each))),
  zip: (lists) => {
    const all = lists.map((list) => asList(list) ?? []);
    return Array.from({ length: Math.max(0, ...all.map(({ length }) => length)) }, (_, index) =>
      all.map((list) => list[index] ?? null),
    );
  },
  gettype: ([value]) =>
    value === null
      ? 'null'
      : Array.isArray(value)
        ? 'array'
        : typeof value === 'object'
          ? 'dictionary'
          : typeof value === 'boolean'
            ? 'bool'
            : typeof value === 'number'
              ? Number.isInteger(value)
                ? 'long'
                : 'double'
              : 'string',
};

/** Names and values in turn. */
function packed(args: readonly Value[], types: Parameters<ScalarFunction>[1]): Value {
  const bag: Record<string, Value> = {};
  for (let at = 0; at + 1 < args.length; at += 2)
    bag[asText(args[at])] = asDynamic(args[at + 1] ?? null, types[at + 1] ?? 'dynamic');
  return bag;
}

function holds(list: Value, wanted: Value): boolean {
  return (asList(list) ?? []).some((each) => keyOf(each) === keyOf(wanted));
}

export function distinct(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

function order(one: Value, other: Value): number {
  return typeof one === 'number' && typeof other === 'number' ? one - other : asText(one) < asText(other) ? -1 : 1;
}
