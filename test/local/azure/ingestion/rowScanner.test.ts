import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeBody } from '../../../../local/azure/ingestion/bodyIntake.ts';
import { indexColumns } from '../../../../local/azure/ingestion/streamColumns.ts';
import { columns } from '../support.ts';

const index = indexColumns(columns);
const receivedAt = Date.parse('2026-11-20T12:00:00Z');
const take = (text: string) => takeBody(Buffer.from(text), { columns: index }, receivedAt, true);
const linesOf = (text: string) => Buffer.concat(take(text).lines).toString();

describe('scanRows', () => {
  it('agrees with JSON.parse about what is JSON', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-0',
      '1.5e3',
      '01',
      'true',
      'nul',
      ' ',
      '\n',
      '"\\u00e9"',
      '"\\q"',
      '{}',
      '[]',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = `[{"x":${parts.join('')}}]`;
        let expected: 'rows' | 'malformed' = 'rows';
        try {
          JSON.parse(text);
        } catch {
          expected = 'malformed';
        }
        expect(take(text).result.kind).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes every value JSON.stringify writes, however spaced', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.constantFrom(0, 2, '\n\t'),
        (rows, space) => {
          expect(take(JSON.stringify(rows, null, space)).result).toEqual({ kind: 'rows', rows: rows.length });
        },
      ),
    );
  });

  it('keeps rows of every fate once and in order', () => {
    const now = '"TimeGenerated":"2026-11-20T11:59:59.1234567Z"';
    const rows = [
      `{${now},"AwsEventId":"1"}`,
      `{"AwsEventId":"2", "TimeGenerated":"2026-11-01T00:00:00Z"}`,
      `{${now},"AwsEventId":"3","Nothing":null}`,
      `{${now},"AwsEventId":"4"}`,
      `{}`,
      `{${now},"AwsEventId":"5","UnmappedFields":{ "a": [1.0, "b"]}}`,
    ];
    const received = '"TimeGenerated":"2026-11-20T12:00:00.000Z"';
    const expected = [
      rows[0],
      `{"AwsEventId":"2", ${received}}`,
      `{${now},"AwsEventId":"3"}`,
      rows[3],
      `{${received}}`,
      rows[5],
    ];
    for (const separator of [',', ' , ']) {
      expect(linesOf(`[${rows.join(separator)}]`)).toBe(`${expected.join('\n')}\n`);
    }
  });

  it('makes one line of a row with line breaks', () => {
    expect(linesOf('[{"TimeGenerated":"2026-11-20T12:00:00Z",\r\n"UnmappedFields":{\n"a":1}}]\n')).toBe(
      '{"TimeGenerated":"2026-11-20T12:00:00Z","UnmappedFields":{ "a":1}}\n',
    );
  });

  it.each([
    ['EventName', '{"a":1.0}', '"{\\"a\\":1.0}"'],
    ['EventName', 'true', '"true"'],
    ['EventName', 'null', undefined],
    ['ReadOnly', '"FALSE"', 'false'],
    ['ReadOnly', '1', 'true'],
    ['ReadOnly', '"maybe"', undefined],
    ['Count', '"42"', '42'],
    ['Count', '1.5', undefined],
    ['Share', '1.50', '1.50'],
    ['Share', '"1e3"', '1e3'],
    ['Share', '[]', undefined],
    ['EventTime', '"2026-11-20 10:00:00"', '"2026-11-20T10:00:00.000Z"'],
    ['EventTime', '"2026-11-20T10:00:00"', '"2026-11-20T10:00:00.000Z"'],
    ['EventTime', '"2026-11-20T10:00:00+02:00"', '"2026-11-20T08:00:00.000Z"'],
    ['EventTime', '"yesterday"', undefined],
    ['EventTime', '12', undefined],
    ['UnmappedFields', '"text"', '"text"'],
    ['UnmappedFields', '{"n":12345678901234567890}', '{"n":12345678901234567890}'],
    ['Stranger', '1', undefined],
  ])('stores %s %s as %s', (name, sent, stored) => {
    const time = '"TimeGenerated":"2026-11-20T12:00:00Z"';
    expect(linesOf(`[{${time},"${name}":${sent}}]`)).toBe(`{${time}${stored ? `,"${name}":${stored}` : ''}}\n`);
  });

  it('refuses bytes that are not UTF-8 and survives any depth', () => {
    expect(takeBody(Buffer.from([0x5b, 0xff, 0x5d]), { columns: index }, receivedAt, false).result.kind).toBe(
      'malformed',
    );
    const deep = `[{"UnmappedFields":${'['.repeat(200_000)}${']'.repeat(200_000)}}]`;
    expect(take(deep).result).toEqual({ kind: 'rows', rows: 1 });
    expect(take(deep.slice(0, -3)).result.kind).toBe('malformed');
  });
});
