import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shrinkBlanks } from '../../../../shared/cloudtrail/json/blanks.ts';
import { truncateJson, truncateText } from '../../../../shared/cloudtrail/json/truncation.ts';
import { openByteRowStream } from '../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { logOf, map, rowOf } from '../rows/mapping.ts';

describe('truncateText', () => {
  test('keeps beginning and end, cut between two characters, and says how much', () => {
    expect(truncateText('short', 64)).toBe('short');
    const cut = truncateText(`first${'é'.repeat(100)}last`, 100);
    expect(cut).toMatch(/^firsté{10,20}<cut \d+ bytes>é{10,20}last$/);
    expect(truncateText('😀'.repeat(100), 120)).toMatch(/^(😀)+<cut \d+ bytes>(😀)+$/u);
  });

  test('keeps any text within the limit, its beginning and its end readable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 64, max: 300 }), (text, limit) => {
        const cut = truncateText(text, limit);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
        const [front = '', back = ''] = cut.split(/<cut \d+ bytes>/);
        if (cut.includes('<cut ')) {
          const shrunk = Buffer.from(shrinkBlanks(Buffer.from(text))).toString();
          expect(shrunk.startsWith(front) && shrunk.endsWith(back)).toBe(true);
        }
      }),
    );
  });

  test('shrinks runs of blanks first, of whatever kind', () => {
    const blanks = [
      ' ',
      '\t',
      '\n',
      '\r',
      '\u00a0',
      '\u2003',
      '\u200b',
      '\u3000',
      '\ufeff',
      '\u2800',
      '\u3164',
      '%20',
      '%0A',
    ];
    const escaped = ['\\n', '\\t', '\\\\n', '\\\\\\\\r', '\\u0020', '\\\\u00a0', '\\u200B', '\\udb40\\udc20'];
    for (const blank of [...blanks, ...escaped, [...blanks, ...escaped].join('')]) {
      const text = `begin${blank.repeat(1 + 3000 / blank.length)}"Action":"*"${blank.repeat(1 + 3000 / blank.length)}end`;
      expect(truncateText(text, 100), blank).toContain('"Action":"*"');
      expect(truncateText(text, 100), blank).not.toContain('<cut');
    }
    expect(truncateText(`C:\\new\\table${'x'.repeat(200)}`, 100)).toContain('C:\\new\\table');
  });

  test('takes time by length alone', () => {
    for (const unit of ['\\', '\\u', '\\\\u00', '%', '\u200b\\', '{', '[{'])
      expect(truncateText(unit.repeat(200_000), 1000).length).toBeLessThanOrEqual(1000);
  });
});

describe('truncateJson', () => {
  const parsed = (value: unknown, limit: number) => {
    const cut = truncateJson(JSON.stringify(value), limit);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
    return JSON.parse(cut);
  };

  test('shortens the largest values first and keeps the small ones', () => {
    const value = {
      name: 'a',
      deep: { id: 1, big: 'x'.repeat(500) },
      list: ['y'.repeat(300), 'z'],
      bigger: 'w'.repeat(900),
    };
    expect(parsed(value, 1500)).toEqual({ ...value, bigger: expect.stringMatching(/^w+<cut \d+ bytes>w+$/) });
    expect(parsed(value, 700)).toEqual({
      name: 'a',
      deep: { id: 1, big: expect.stringMatching(/^x+<cut \d+ bytes>x+$/) },
      list: [expect.stringMatching(/^y+<cut \d+ bytes>y+$/), 'z'],
      bigger: expect.stringMatching(/^w+<cut \d+ bytes>w+$/),
    });
  });

  test('keeps beginning and end of what is many small things', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ index }));
    const cut = parsed({ kind: 'k', items: many, last: true }, 700);
    expect(cut).toMatchObject({ kind: 'k', last: true });
    expect(cut.items.slice(0, 3)).toEqual(many.slice(0, 3));
    expect(cut.items.slice(-3)).toEqual(many.slice(-3));
    expect(cut.items.some((item: unknown) => /^<cut \d+ bytes>$/.test(String(item)))).toBe(true);
    const object = parsed(Object.fromEntries(many.map(({ index }) => [`key${index}`, index])), 700);
    expect(object).toMatchObject({ key0: 0, key999: 999, '<cut>': expect.stringMatching(/^<cut \d+ bytes>$/) });
  });

  const statement = { Effect: 'Allow', Action: '*', Resource: '*' };
  const pad = (unit: string) => unit.repeat(Math.ceil(70_000 / unit.length));

  test.each([
    [
      'blanks in text in text',
      { policyDocument: JSON.stringify({ Statement: [statement] }).replace(',', `,${pad(' ')}`) },
    ],
    ['line feeds in text in text', { policyDocument: JSON.stringify({ a: pad('\n'), Statement: [statement] }) }],
    [
      'letters in text in text',
      { policyDocument: JSON.stringify({ a: pad('a'), Statement: [statement], b: pad('b') }) },
    ],
    ['a long key', { [pad('k')]: statement }],
    ['a key of blanks', { [pad('\u2003')]: statement, x: 1 }],
    ['values before and after', { a: pad('a'), statement, b: pad('b') }],
    ['blanks everywhere', { a: pad(' '), b: [pad('\t'), statement], c: pad('\u00a0') }],
    [
      'many members behind',
      { statement, ...Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`k${index}`, 'v'])) },
    ],
    ['many members before', { list: [...Array.from({ length: 20_000 }, () => 'v'), statement] }],
    [
      'text in text in text',
      { p: JSON.stringify({ q: JSON.stringify({ a: pad('a'), Statement: [statement], b: pad('\\') }) }) },
    ],
    ['a long number', { statement, n: pad('1') }],
  ])('does not hide a policy behind %s', (_, value) => {
    const json = JSON.stringify(value);
    const cut = truncateJson(json, 64_000);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(64_000);
    JSON.parse(cut);
    expect(cut.replaceAll('\\', '')).toMatch(/"Effect":"Allow", ?"Action":"\*"/);
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

  test('keeps what is nested deep as far as there is room', () => {
    const json = `${'{"a":['.repeat(250)}${'1,'.repeat(100_000)}1${']}'.repeat(250)}`;
    const cut = truncateJson(json, 64_000);
    expect(cut).toMatch(/^(\{"a":\[){250}1,1,.*"<cut \d+ bytes>".*,1(\]\}){250}$/);
    expect(cut.length).toBeLessThanOrEqual(64_000);
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
    expect(row['ErrorMessage']).toMatch(/^é{15900,16000}<cut \d+ bytes>é{15900,16000}$/);
    expect(row['RequestParameters']).toMatch(/^\{"small":1,"policy":"p{31000,32000}<cut \d+ bytes>p{31000,32000}"\}$/);
    expect(row['UnmappedFields']).toEqual({
      _noEventTime: true,
      addendum: { big: expect.stringMatching(/^u{31000,32000}<cut \d+ bytes>u{31000,32000}$/) },
    });
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
      ErrorMessage: expect.stringMatching(/^m+(?:<cut \d+ bytes>m+)?$/),
      RequestParameters: expect.stringMatching(/^\{"a":"x+<cut \d+ bytes>x+","b":1\}$/),
      UserAgent: 'u'.repeat(1000),
      TruncatedColumns: expect.stringContaining('RequestParameters'),
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
