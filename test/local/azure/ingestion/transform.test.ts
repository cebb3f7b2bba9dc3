import { describe, expect, it } from 'vitest';
import { readTransform, type TableColumn } from '../../../../local/azure/ingestion/transform.ts';
import { evaluate } from '../../../../local/kql/evaluate.ts';
import { parserOver } from '../../../../local/kql/language.ts';
import { workspaceSchema, workspaceTables } from '../../../../local/kql/workspace.ts';
import { columns } from '../../../../shared/cloudtrail/columns.ts';
import { standardColumns, standardTransform } from '../../../../shared/cloudtrail/standardTable.ts';

const guid = '6F9DBA1E-2F0B-4A3D-8C57-0123456789ab';
const rows: readonly Readonly<Record<string, string>>[] = [
  { AwsEventId: guid, SharedEventId: guid.toLowerCase(), SourceObject: '20261101T0005Z_a', EventName: 'GetObject' },
  { AwsEventId: 'no GUID "at all"', AwsRequestId_: 'abc', TruncatedColumns: 'RequestParameters' },
  { AwsEventId: guid.replaceAll('-', ''), SharedEventId: '' },
  { EventName: 'x' },
];

const applied = (row: Readonly<Record<string, string>>): Record<string, unknown> => {
  const texts = new Map(Object.entries(row).map(([name, value]) => [name, JSON.stringify(value)]));
  readTransform(standardTransform)?.apply(texts);
  return Object.fromEntries([...texts].map(([name, text]) => [name, JSON.parse(text) as unknown]));
};

describe('the transform into the standard table', () => {
  it('leads every column to one of the table, with its type', () => {
    const after = readTransform(standardTransform)?.columnsAfter(columns as readonly TableColumn[]) ?? [];

    const byName = (list: readonly TableColumn[]): readonly TableColumn[] =>
      list.map(({ name, type }) => ({ name, type })).sort((one, other) => (one.name < other.name ? -1 : 1));
    expect(byName(after)).toEqual(byName(standardColumns));
  });

  it('makes GUIDs of texts, and keeps a text that is none', () => {
    expect(applied(rows[0] ?? {})).toMatchObject({
      AwsEventId: guid.toLowerCase(),
      SourceObject_CF: '20261101T0005Z_a',
    });
    expect(applied(rows[1] ?? {})).toEqual({
      AwsEventId_CF: 'no GUID "at all"',
      AwsRequestId_: 'abc',
      TruncatedColumns_CF: 'RequestParameters',
    });
  });

  it('does what the query that it is written as does', () => {
    const { root, diagnostics } = parserOver(workspaceSchema())(
      standardTransform.replace(/^source/, 'AWSCloudTrail_CL'),
    );
    const result = evaluate(root, { now: 0, tables: workspaceTables({ AWSCloudTrail_CL: rows }) });

    const told = [...result.rows].map((row) =>
      Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== '')),
    );
    expect(diagnostics.filter(({ severity }) => severity === 'Error')).toEqual([]);
    expect(told).toEqual(
      rows.map((row) => Object.fromEntries(Object.entries(applied(row)).filter(([, text]) => text !== ''))),
    );
  });
});

describe('a transform', () => {
  it('is none when it is the source alone', () => expect(readTransform('source')).toBeUndefined());

  it.each([
    ['source | where EventName == "x"', 'not known'],
    ['source | extend A = strcat(B, C)', 'not known'],
    ['AWSCloudTrail | extend A = toguid(B)', 'begins with source'],
    ['source | extend toguid(B)', 'assigns nothing'],
  ])('is refused by name: %s', (kql, told) => {
    expect(() => readTransform(kql)).toThrow(told);
  });

  it('is refused for a column that the stream does not declare', () => {
    const transform = readTransform('source | project-rename A = B');

    expect(() => transform?.columnsAfter([{ name: 'C', type: 'string' }])).toThrow('names B');
  });
});
