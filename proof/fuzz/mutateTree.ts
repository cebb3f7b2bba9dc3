import type { Random } from '../../local/trail/random.ts';
import { type ColumnKind, columns } from '../../shared/cloudtrail/columns.ts';
import { copyTree, type List, type Obj, type Place, placesIn, type Tree } from './jsonTree.ts';
import { oddKey, oddTime, oddValue, securityGroupRule } from './oddValues.ts';

/** Changes the structure of a log file in a few places. */
export function mutateTree(log: Tree, random: Random): void {
  for (let left = 1 + random.below(random.pick([2, 4, 12])); left > 0; left--) {
    const place = random.pick([{ value: log, replace: () => undefined }, ...placesIn(log)]);
    random.pick(changes)(place, random, log);
  }
}

type Change = (place: Place, random: Random, log: Tree) => void;

const changes: readonly Change[] = [
  (place, random) => place.replace(oddValue(random)),
  (place, random) => place.replace(oddValue(random)),
  (place, random, log) => place.replace(copyTree(random.pick([place, ...placesIn(log)]).value)),
  (place, random) =>
    place.replace({ kind: 'list', items: random.chance(0.5) ? [place.value] : [place.value, oddValue(random)] }),
  (place, random) => place.replace({ kind: 'object', members: [{ key: oddKey(random), value: place.value }] }),
  (_, random, log) => addMember(pickObject(log, random), oddKey(random), oddValue(random), random),
  (_, random, log) => addMember(pickObject(log, random), oddKey(random), oddValue(random), random),
  (_, random, log) => repeatMember(pickObject(log, random), random),
  (_, random, log) => dropMember(pickObject(log, random), random),
  (_, random, log) => renameMember(pickObject(log, random), random),
  (_, random, log) => shuffleMembers(pickObject(log, random), random),
  (_, random, log) => changeList(pickList(log, random), random),
  ...Array.from({ length: 4 }, () => changeColumn),
  escapeSomething,
];

/** What a column of some record is made of. */
function changeColumn(_: Place, random: Random, log: Tree): void {
  const records = log.kind === 'object' ? log.members.find(({ key }) => key === '"Records"')?.value : undefined;
  if (records?.kind !== 'list' || records.items.length === 0) return;
  const { kind, source } = random.pick(columns.filter((column) => column.source.length > 0));
  let tree = random.pick(records.items);
  for (const [depth, name] of source.entries()) {
    if (tree.kind !== 'object') return;
    const key = JSON.stringify(name);
    const isLeaf = depth === source.length - 1 || name === 'requestParameters';
    let member = tree.members.find((each) => each.key === key);
    if (member === undefined) {
      member = { key, value: { kind: 'object', members: [] } };
      tree.members.splice(random.below(tree.members.length + 1), 0, member);
    }
    if (isLeaf) member.value = name === 'requestParameters' ? securityGroupRule(random) : oddCell(kind, random);
    tree = member.value;
  }
}

function oddCell(kind: ColumnKind, random: Random): Tree {
  return kind === 'datetime' && random.chance(0.7) ? { kind: 'scalar', text: oddTime(random) } : oddValue(random);
}

function pickObject(log: Tree, random: Random): Obj | undefined {
  const objects = [log, ...placesIn(log).map(({ value }) => value)].filter((value) => value.kind === 'object');
  return objects.length === 0 ? undefined : random.chance(0.3) ? random.favour(objects) : random.pick(objects);
}

function pickList(log: Tree, random: Random): List | undefined {
  const lists = placesIn(log).flatMap(({ value }) => (value.kind === 'list' ? [value] : []));
  return lists.length === 0 ? undefined : random.favour(lists);
}

function addMember(object: Obj | undefined, key: string, value: Tree, random: Random): void {
  object?.members.splice(random.below(object.members.length + 1), 0, { key, value });
}

function repeatMember(object: Obj | undefined, random: Random): void {
  if (object === undefined || object.members.length === 0) return;
  const { key, value } = random.pick(object.members);
  addMember(object, key, random.chance(0.5) ? copyTree(value) : oddValue(random), random);
}

function dropMember(object: Obj | undefined, random: Random): void {
  object?.members.splice(random.below(object.members.length), 1);
}

function renameMember(object: Obj | undefined, random: Random): void {
  if (object !== undefined && object.members.length > 0) random.pick(object.members).key = oddKey(random);
}

function shuffleMembers(object: Obj | undefined, random: Random): void {
  if (object === undefined || object.members.length < 2) return;
  object.members.push(...object.members.splice(0, 1 + random.below(object.members.length - 1)));
}

function changeList(list: List | undefined, random: Random): void {
  if (list === undefined) return;
  const at = random.below(list.items.length + 1);
  const item = list.items[at];
  if (item === undefined || random.chance(0.3)) list.items.splice(at, 0, oddValue(random));
  else if (random.chance(0.5)) list.items.splice(at, 1);
  else list.items.splice(at, 0, copyTree(item));
}

/** Another spelling of the same string. */
function escapeSomething(place: Place, random: Random): void {
  const { value } = place;
  if (value.kind !== 'scalar' || !/^"[^\\]+"$/.test(value.text)) return;
  const at = 1 + random.below(value.text.length - 2);
  const escaped = `\\u${value.text.charCodeAt(at).toString(16).padStart(4, '0')}`;
  value.text = value.text.slice(0, at) + escaped + value.text.slice(at + 1);
}
