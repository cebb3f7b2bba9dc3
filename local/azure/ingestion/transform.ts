import type { StreamColumnType } from './streamColumns.ts';

/** A column as a table has it: of a table of Microsoft's it can be a GUID, which no stream can declare. */
export interface TableColumn {
  readonly name: string;
  readonly type: StreamColumnType | 'guid';
}

/** What a rule does to each row between the stream and the table. */
export interface Transform {
  /** The columns that come out, when these go in. */
  columnsAfter(columns: readonly TableColumn[]): readonly TableColumn[];
  /** Changes a row in place: JSON texts by column; a column without a value is not there. */
  apply(row: Map<string, string>): void;
}

/**
 * Reads the few forms of KQL that our rules use: `source`, `extend` of GUIDs, `project-rename`.
 * Undefined when rows stay as they are. @throws RangeError for every other form, so that none is passed over
 */
export function readTransform(kql: string): Transform | undefined {
  const [source, ...operators] = kql.split('|').map((part) => part.trim());
  if (source !== 'source') throw new RangeError(`a transform begins with source, not with "${source}"`);
  const steps = operators.map(readOperator);
  return steps.length === 0
    ? undefined
    : {
        columnsAfter: (columns) => steps.reduce((before, step) => step.columnsAfter(before), columns),
        apply: (row) => {
          for (const step of steps) step.apply(row);
        },
      };
}

function readOperator(text: string): Transform {
  const [, operator = '', rest = ''] = /^([\w-]+)\s+(.+)$/s.exec(text) ?? [];
  const assignments = atTopLevel(rest).map((each) => {
    const [, name, value] = /^(\w+)\s*=\s*(.+)$/s.exec(each) ?? [];
    if (name === undefined || value === undefined) throw new RangeError(`"${each}" assigns nothing`);
    return { name, value: value.trim() };
  });
  if (operator === 'extend') return extend(assignments.map(({ name, value }) => ({ name, ...readGuid(value) })));
  if (operator === 'project-rename') return rename(assignments.map(({ name, value }) => ({ name, from: value })));
  throw new RangeError(`the transform "${text}" is not known here`);
}

function rename(pairs: ReadonlyArray<{ readonly name: string; readonly from: string }>): Transform {
  const names = new Map(pairs.map(({ name, from }) => [from, name]));
  return {
    columnsAfter(columns) {
      for (const from of names.keys()) typeOf(columns, from);
      return columns.map(({ name, type }) => ({ name: names.get(name) ?? name, type }));
    },
    apply(row) {
      for (const { name, from } of pairs) {
        const value = row.get(from);
        row.delete(from);
        if (value !== undefined) row.set(name, value);
      }
    },
  };
}

interface Guid {
  readonly of: string;
  /** `guid`: the GUID that a text is. `text`: the text, when it is none. */
  readonly gives: 'guid' | 'text';
}

function extend(made: ReadonlyArray<Guid & { readonly name: string }>): Transform {
  return {
    columnsAfter(columns) {
      const added = made.map(({ name, of, gives }) => {
        if (typeOf(columns, of) !== 'string') throw new RangeError(`${of} must be a text to become a GUID`);
        return { name, type: gives === 'guid' ? ('guid' as const) : ('string' as const) };
      });
      return [...columns.filter(({ name }) => !added.some((each) => each.name === name)), ...added];
    },
    apply(row) {
      // All of one extend see the row as it came.
      const results = made.map(({ name, of, gives }) => [name, resultOf(row.get(of), gives)] as const);
      for (const [name, value] of results) {
        if (value === undefined) row.delete(name);
        else row.set(name, value);
      }
    },
  };
}

function resultOf(raw: string | undefined, gives: Guid['gives']): string | undefined {
  if (raw === undefined) return undefined;
  const text = String(JSON.parse(raw));
  const isGuid = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text);
  if (gives === 'text') return isGuid ? undefined : raw;
  return isGuid ? JSON.stringify(text.toLowerCase()) : undefined;
}

function readGuid(expression: string): Guid {
  const [, guid] = /^toguid\((\w+)\)$/.exec(expression) ?? [];
  if (guid !== undefined) return { of: guid, gives: 'guid' };
  const [, asked, text] = /^iif\(isnull\(toguid\((\w+)\)\), (\w+), ""\)$/.exec(expression) ?? [];
  if (text !== undefined && asked === text) return { of: text, gives: 'text' };
  throw new RangeError(`the expression "${expression}" is not known here`);
}

function typeOf(columns: readonly TableColumn[], name: string): TableColumn['type'] {
  const found = columns.find((each) => each.name === name);
  if (found === undefined) throw new RangeError(`the transform names ${name}, which the stream does not declare`);
  return found.type;
}

/** The parts between commas that are in no brackets. */
function atTopLevel(text: string): readonly string[] {
  let depth = 0;
  let part = '';
  const parts: string[] = [];
  for (const character of text) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()];
}
