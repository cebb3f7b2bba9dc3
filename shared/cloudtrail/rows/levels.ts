import { columnIndex, columns } from '../columns.ts';
import { KeyTable } from '../json/keys.ts';
import { derivedKeys } from './derived.ts';

/** What a key of a known object leads to: a column, or another known object. */
export interface Member {
  /** Index into `columns`, or -1 for an object whose members have columns. */
  readonly column: number;
  readonly kind: 'text' | 'boolean' | 'datetime' | 'object';
  readonly level: Level | undefined;
}

/** An object of the record whose members have columns: the record itself, `userIdentity`, and so on. */
export interface Level {
  readonly index: number;
  /** 1 for the record itself. */
  readonly depth: number;
  readonly members: KeyTable<Member>;
  /** Columns of this object and of the known objects inside it. */
  readonly columns: readonly number[];
  /** Indices of the known objects inside this one. */
  readonly inside: readonly number[];
}

const numbered = columns.map((column, index) => ({ column, index }));

/** Indices of the columns with a part in the machinery. */
export const timeColumn = columnIndex('TimeGenerated');
export const eventTimeColumn = columnIndex('EventTime');
export const unmappedColumn = columnIndex('UnmappedFields');
export const truncatedColumn = columnIndex('TruncatedColumns');
export const sourceObjectColumn = columnIndex('SourceObject');
export const eventIdColumn = columnIndex('AwsEventId');

let levelCount = 0;

/** The record, with every column it feeds; built from the column table. EventTime repeats TimeGenerated, derived columns are found apart. */
export const recordLevel: Level = buildLevel(
  numbered.filter(
    ({ column, index }) => column.source.length > 0 && column.kind !== 'derived' && index !== eventTimeColumn,
  ),
  1,
);

/** How many known objects there are, the record included. */
export const knownLevels: number = levelCount;

/** Members of the derived-from column's value that make a look into it worth while. */
export const derivedMembers: KeyTable<true> = new KeyTable(new Map(derivedKeys.map((key) => [key, true])));

function buildLevel(fed: typeof numbered, depth: number): Level {
  const index = levelCount++;
  const members = new Map<string, Member>();
  const keys = new Set(fed.map(({ column }) => column.source[depth - 1] ?? ''));
  for (const key of keys) {
    const inside = fed.filter(({ column }) => column.source[depth - 1] === key);
    const own = inside.find(({ column }) => column.source.length === depth);
    members.set(
      key,
      own === undefined
        ? { column: -1, kind: 'object', level: buildLevel(inside, depth + 1) }
        : {
            column: own.index,
            kind: own.column.kind === 'boolean' || own.column.kind === 'datetime' ? own.column.kind : 'text',
            level: undefined,
          },
    );
  }
  const inside = [...members.values()].flatMap(({ level }) =>
    level === undefined ? [] : [level.index, ...level.inside],
  );
  return { index, depth, members: new KeyTable(members), columns: fed.map((each) => each.index), inside };
}
