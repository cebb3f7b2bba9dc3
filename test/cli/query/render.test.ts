import { describe, expect, it } from 'vitest';
import { placeOf, pointedAt } from '../../../cli/query/place.ts';
import { asCsv, asJson, asTable } from '../../../cli/query/render.ts';
import type { Table } from '../../../local/kql/rows.ts';

const rows = [{ At: Date.parse('2026-11-30T10:00:00Z'), Name: 'say "hi", all', N: 3 }, { N: null }];
const answer: Table = {
  columns: [
    { name: 'At', type: 'datetime' },
    { name: 'Name', type: 'string' },
    { name: 'N', type: 'long' },
  ],
  rows,
};

describe('an answer', () => {
  it('is a table for people, who see nothing that moves their cursor', () => {
    const [head, first] = asTable(answer, [{ ...rows[0], Name: 'a\u001b[2Jb' }]);
    expect(head).toMatch(/^ +At +Name +N$/);
    expect(first).not.toContain('\u001b');
    expect(asTable(answer, [])).toEqual(['  no rows']);
  });

  it('is JSON with the names of its columns', () => {
    expect(JSON.parse(asJson(answer, rows))).toEqual([
      { At: '2026-11-30T10:00:00.0000000Z', Name: 'say "hi", all', N: 3 },
      { At: null, Name: '', N: null },
    ]);
  });

  it('is CSV that a spreadsheet reads', () => {
    expect(asCsv(answer, rows)).toEqual(['At,Name,N', '2026-11-30T10:00:00.0000000Z,"say ""hi"", all",3', ',,']);
  });
});

describe('a place in a query', () => {
  it('is told by line and column, and shown', () => {
    const query = 'T\n| where Naem == 1';
    expect(placeOf(query, query.indexOf('Naem'))).toBe('line 2, column 9');
    expect(pointedAt(query, query.indexOf('Naem'), 4)).toEqual(['  | where Naem == 1', '          ^^^^']);
  });
});
