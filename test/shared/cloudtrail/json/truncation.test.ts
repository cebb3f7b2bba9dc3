import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { truncateJson, truncateText } from '../../../../shared/cloudtrail/json/truncation.ts';
import { openByteRowStream } from '../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { logOf, map, rowOf } from '../rows/mapping.ts';

describe('truncateText', () => {
  test('cuts between two characters and says how much', () => {
    expect(truncateText('short', 64)).toBe('short');
    expect(truncateText('é'.repeat(100), 65)).toBe(`${'é'.repeat(25)}<cut 150 bytes>`);
    expect(truncateText('😀'.repeat(100), 66)).toBe(`${'😀'.repeat(12)}<cut 352 bytes>`);
  });

  test('keeps any text within the limit and its beginning readable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 64, max: 300 }), (text, limit) => {
        const cut = truncateText(text, limit);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
        expect(text.startsWith(cut.replace(/<cut \d+ bytes>$/, ''))).toBe(true);
      }),
    );
  });
});

describe('truncateJson', () => {
  test('replaces the largest values first and keeps the small ones', () => {
    const json = JSON.stringify({
      name: 'a',
      deep: { id: 1, big: 'x'.repeat(500) },
      list: ['y'.repeat(300), 'z'],
      bigger: 'w'.repeat(900),
    });
    expect(JSON.parse(truncateJson(json, 1000))).toEqual({
      name: 'a',
      deep: { id: 1, big: 'x'.repeat(500) },
      list: ['y'.repeat(300), 'z'],
      bigger: '<cut 902 bytes>',
    });
    expect(JSON.parse(truncateJson(json, 700))).toMatchObject({ name: 'a', deep: { id: 1, big: '<cut 502 bytes>' } });
    expect(JSON.parse(truncateJson(json, 200))).toEqual({
      name: 'a',
      deep: { id: 1, big: '<cut 502 bytes>' },
      list: ['<cut 302 bytes>', 'z'],
      bigger: '<cut 902 bytes>',
    });
  });

  test('cuts the deeper of two equal values first', () => {
    const json = JSON.stringify({ a: 'x'.repeat(200), b: { c: { d: 'x'.repeat(200) } } });
    expect(JSON.parse(truncateJson(json, 300))).toEqual({ a: 'x'.repeat(200), b: { c: { d: '<cut 202 bytes>' } } });
  });

  test('keeps the beginning of what is many small things', () => {
    const json = JSON.stringify({
      kind: 'k',
      items: Array.from({ length: 1000 }, (_, index) => ({ index })),
      last: true,
    });
    const cut = JSON.parse(truncateJson(json, 500));
    expect(cut).toMatchObject({ kind: 'k', last: true });
    expect(cut.items.slice(0, 3)).toEqual([{ index: 0 }, { index: 1 }, { index: 2 }]);
    expect(cut.items.at(-1)).toMatch(/^<cut \d+ bytes>$/);
    const object = JSON.parse(
      truncateJson(
        JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, index]))),
        500,
      ),
    );
    expect(object).toMatchObject({ key0: 0, '<cut>': expect.stringMatching(/^<cut \d+ bytes>$/) });
  });

  test('keeps any JSON valid and within the limit', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.object({ maxDepth: 6 }), fc.array(fc.jsonValue())),
        fc.integer({ min: 128, max: 600 }),
        (value, limit) => {
          const json = JSON.stringify(value);
          const cut = truncateJson(json, limit);
          expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
          expect(JSON.parse(cut)).toBeTypeOf('object');
          expect(Array.isArray(JSON.parse(cut))).toBe(Array.isArray(value));
        },
      ),
    );
  });

  test('cuts what is nested very deep whole', () => {
    const json = `${'{"a":['.repeat(250)}${'1,'.repeat(100_000)}1${']}'.repeat(250)}`;
    expect(truncateJson(json, 64_000)).toMatch(/^(\{"a":\[){8}"<cut \d+ bytes>"(\]\}){8}$/);
  });
});

describe('a column over its limit', () => {
  test('is shortened, stays valid JSON, and is named', () => {
    const requestParameters = { small: 1, policy: 'p'.repeat(70_000) };
    const row = rowOf({
      errorMessage: 'é'.repeat(40_000),
      requestParameters,
      addendum: { big: 'u'.repeat(70_000) },
      eventID: 'e',
    });
    expect(row['TruncatedColumns']).toBe('ErrorMessage,RequestParameters,UnmappedFields');
    expect(row['ErrorMessage']).toMatch(/^é{31991}<cut 16018 bytes>$/);
    expect(row['RequestParameters']).toBe('{"small":1,"policy":"<cut 70002 bytes>"}');
    expect(row['UnmappedFields']).toEqual({ _noEventTime: true, addendum: { big: '<cut 70002 bytes>' } });
    expect(row['AwsEventId']).toBe('e');
  });

  test('is not shortened when its text fits, however it is escaped or spaced in the source', () => {
    const escapes = `"${'\\u0041'.repeat(60_000)}"`;
    const { rows, counts } = map(logOf(`{"errorMessage":${escapes},"requestParameters":{"x":${' '.repeat(70_000)}1}}`));
    expect(rows[0]).toMatchObject({ ErrorMessage: 'A'.repeat(60_000), RequestParameters: '{"x":1}' });
    expect(rows[0]).not.toHaveProperty('TruncatedColumns');
    expect(counts.truncated).toBe(0);
  });

  test('is counted once per row', () => {
    const large = { errorMessage: 'x'.repeat(64_001), userAgent: 'x'.repeat(64_001) };
    expect(map(logOf(large, {}, large)).counts).toMatchObject({ rows: 3, truncated: 2, stubs: 0 });
    expect(map(logOf({ errorMessage: 'x'.repeat(64_000) })).counts.truncated).toBe(0);
  });
});

describe('a row over the limit of a body', () => {
  test('is cut further, the largest column first, until it fits an empty body', () => {
    const record = {
      eventTime: '2026-11-01T00:00:01Z',
      eventID: 'e',
      errorMessage: 'm'.repeat(3000),
      requestParameters: { a: 'x'.repeat(5000), b: 1 },
      userAgent: 'u'.repeat(1000),
    };
    const { rows, bodies, counts } = map(logOf({}, record, {}), { limit: 5000 });
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatchObject({
      AwsEventId: 'e',
      ErrorMessage: 'm'.repeat(3000),
      RequestParameters: '{"a":"<cut 5002 bytes>","b":1}',
      UserAgent: 'u'.repeat(1000),
      TruncatedColumns: 'RequestParameters',
    });
    expect(counts.truncated).toBe(1);
    expect(Math.max(...bodies.map((body) => Buffer.byteLength(body)))).toBeLessThanOrEqual(5000);
    const tight = map(logOf(record), { limit: 600 });
    expect(tight.rows[0]).toMatchObject({
      AwsEventId: 'e',
      TruncatedColumns: 'UserAgent,ErrorMessage,RequestParameters',
    });
  });

  test('leaves columns out when there is no other way', () => {
    const record = Object.fromEntries(
      ['eventID', 'eventName', 'awsRegion', 'userAgent', 'errorCode'].map((key) => [key, '\u0001'.repeat(60)]),
    );
    const { rows } = map(logOf({ eventTime: '2026-11-01T00:00:01Z', ...record }), { limit: 1000 });
    expect(rows[0]?.['TimeGenerated']).toBe('2026-11-01T00:00:01Z');
    expect(Object.keys(rows[0] ?? {}).length).toBeLessThan(9);
  });

  test('is a bug when not even its time fits', () => {
    expect(map(logOf({}), { limit: 60, open: openByteRowStream() }).error).toBeInstanceOf(RangeError);
  });
});
