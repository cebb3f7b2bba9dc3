import { compile, type ExpressionContext, nameOf } from '../expressions.ts';
import { kindOf } from '../language.ts';
import { KqlRefusal } from '../refusal.ts';
import { cell, lazily, type Row, type Table } from '../rows.ts';
import type { Compiled } from '../scope.ts';
import { type Column, columnsOf, elements, optionalPart, part, type SyntaxNode } from '../syntax.ts';
import { keyOf, type Value } from '../values.ts';

interface Key {
  readonly left: Compiled;
  readonly right: Compiled;
}

/** `join` and `lookup`. Without a kind `join` is innerunique: of equal keys on the left one row is kept. */
export function join(node: SyntaxNode, left: Table, right: Table, context: ExpressionContext): Table {
  const isLookup = kindOf(node) === 'LookupOperator';
  const kind = kindNamed(node) ?? (isLookup ? 'leftouter' : 'innerunique');
  const keys = keysOf(node, isLookup ? 'LookupClause' : 'ConditionClause', context);
  const columns = columnsOf(node);
  const keyText = (row: Row, side: 'left' | 'right'): string | undefined => {
    const values: Value[] = keys.map((key) => key[side](row));
    return values.includes(null) ? undefined : values.map(keyOf).join('\u0000');
  };
  const grouped = (table: Table, side: 'left' | 'right'): Map<string, Row[]> => {
    const groups = new Map<string, Row[]>();
    for (const row of table.rows) {
      const key = keyText(row, side);
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    return groups;
  };
  const sides = isLookup ? lookupSides(left, right, node) : [left.columns, right.columns];
  const combine = combiner(columns, sides[0] ?? [], sides[1] ?? []);

  return {
    columns,
    rows: lazily(function* () {
      switch (kind) {
        case 'leftanti':
        case 'anti':
        case 'leftantisemi':
        case 'leftsemi': {
          const matches = grouped(right, 'right');
          for (const row of left.rows) if (matches.has(keyText(row, 'left') ?? '') === (kind === 'leftsemi')) yield row;
          return;
        }
        case 'rightanti':
        case 'rightantisemi':
        case 'rightsemi': {
          const matches = grouped(left, 'left');
          for (const row of right.rows)
            if (matches.has(keyText(row, 'right') ?? '') === (kind === 'rightsemi')) yield row;
          return;
        }
        case 'inner':
        case 'innerunique':
        case 'leftouter':
        case 'rightouter':
        case 'fullouter': {
          const matches = grouped(right, 'right');
          const met = new Set<string>();
          for (const row of left.rows) {
            const key = keyText(row, 'left');
            const isRepeated = key !== undefined && met.has(key);
            if (key !== undefined) met.add(key);
            if (kind === 'innerunique' && isRepeated) continue;
            const found = key === undefined ? undefined : matches.get(key);
            for (const other of found ?? []) yield combine(row, other);
            if (found === undefined && (kind === 'leftouter' || kind === 'fullouter')) yield combine(row, undefined);
          }
          if (kind !== 'rightouter' && kind !== 'fullouter') return;
          for (const row of right.rows) if (!met.has(keyText(row, 'right') ?? '')) yield combine(undefined, row);
          return;
        }
        default:
          throw new KqlRefusal(`join kind=${kind}`, node.TextStart);
      }
    }),
  };
}

function kindNamed(node: SyntaxNode): string | undefined {
  for (const parameter of elements(part(node, 'Parameters'))) {
    if (nameOf(part(parameter, 'Name')) === 'kind') return part(parameter, 'Expression').ToString(0).trim();
  }
  return undefined;
}

function keysOf(node: SyntaxNode, clauseName: string, context: ExpressionContext): readonly Key[] {
  const clause = optionalPart(node, clauseName);
  if (clause === undefined || clause['Expressions'] === undefined)
    throw new KqlRefusal('join without "on"', node.TextStart);
  return elements(part(clause, 'Expressions')).map((each) => {
    if (kindOf(each) === 'NameReference') {
      const column = compile(each, context);
      return { left: column, right: column };
    }
    const sides = [optionalPart(each, 'Left'), optionalPart(each, 'Right')];
    const named = (prefix: '$left' | '$right') => sides.find((side) => side?.ToString(0).trim().startsWith(prefix));
    const [left, right] = [named('$left'), named('$right')];
    if (left === undefined || right === undefined) throw new KqlRefusal(`join on ${each.ToString(0)}`, each.TextStart);
    return { left: columnBehind(left), right: columnBehind(right) };
  });
}

/** `$left.Name` */
function columnBehind(node: SyntaxNode): Compiled {
  const name = nameOf(part(node, 'Selector'));
  return (row) => row[name] ?? null;
}

/** In a lookup the right side's keys are left out. */
function lookupSides(left: Table, right: Table, node: SyntaxNode): [readonly Column[], readonly Column[]] {
  const many = columnsOf(node).length - left.columns.length;
  const clause = part(part(node, 'LookupClause'), 'Expressions');
  const keys = new Set(
    elements(clause).map((each) =>
      kindOf(each) === 'NameReference'
        ? nameOf(each)
        : nameOf(
            part(
              [part(each, 'Left'), part(each, 'Right')].find((side) => side.ToString(0).trim().startsWith('$right')) ??
                part(each, 'Right'),
              'Selector',
            ),
          ),
    ),
  );
  return [left.columns, right.columns.filter(({ name }) => !keys.has(name)).slice(0, many)];
}

/** Columns of both sides in their order, under the names that the binder gave them. */
function combiner(columns: readonly Column[], left: readonly Column[], right: readonly Column[]) {
  return (one: Row | undefined, other: Row | undefined): Row => {
    const row: Record<string, Value> = {};
    for (const [index, column] of columns.entries()) {
      const ofLeft = left[index];
      const ofRight = right[index - left.length];
      if (ofLeft !== undefined) row[column.name] = cell(one ?? {}, ofLeft);
      else if (ofRight !== undefined) row[column.name] = cell(other ?? {}, ofRight);
    }
    return row;
  };
}
