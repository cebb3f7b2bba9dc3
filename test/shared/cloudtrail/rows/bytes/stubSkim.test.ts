import { describe, expect, test } from 'vitest';
import { openByteRowStream } from '../../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { StubSkim } from '../../../../../shared/cloudtrail/rows/bytes/stubSkim.ts';
import { logOf, map, rowOf } from '../mapping.ts';

const time = '2026-11-01T00:00:01Z';
const neighbour = { eventTime: time, eventID: 'neighbour' };
const cuts: readonly (readonly number[])[] = [[100_000_000], [4096], [1, 70_000, 13]];

function brackets(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

describe('a record over the size cap', () => {
  const long = 'x'.repeat(1024 * 1024);
  const record = `{"eventName":"Put", "userIdentity":{"arn":"me","note":"n","sessionContext":{"attributes":{"mfaAuthenticated":"true"}}},"requestParameters":{"body":"${long}"},"unknown":"${long}","small":[1, 2],"awsRegion":"eu-west-1","eventTime":"${time}"}`;

  test.each(cuts)('becomes a row of everything that is not large, wherever it stands', (...pieces) => {
    const { rows, counts, stubs, error } = map(logOf(neighbour, record, neighbour), { pieces });
    expect(error).toBeUndefined();
    expect(rows[1]).toEqual({
      TimeGenerated: time,
      EventName: 'Put',
      UserIdentityArn: 'me',
      SessionMfaAuthenticated: true,
      AWSRegion: 'eu-west-1',
      RequestParameters: expect.stringMatching(/^\{"body":"x{20000,}(?:<cut \d+ bytes>x*)?".*\}$/),
      EventTime: time,
      UnmappedFields: {
        _stub: 'record-too-large',
        userIdentity: { note: 'n' },
        unknown: expect.stringMatching(/^x{4000,}<cut \d+ bytes>x{4000,}$/),
        small: [1, 2],
      },
      TruncatedColumns: 'RequestParameters,UnmappedFields',
      SourceObject: rows[0]?.['SourceObject'],
    });
    expect(rows.map((row) => row['AwsEventId'])).toEqual(['neighbour', undefined, 'neighbour']);
    expect(counts).toEqual({
      records: 3,
      rows: 3,
      rowBytes: expect.any(Number),
      dropped: 0,
      droppedBy: [],
      stubs: 1,
      gathered: 0,
      trailingBytes: 0,
      truncated: 1,
      repaired: 0,
    });
    expect(stubs).toEqual([{ offset: Buffer.byteLength(logOf(neighbour)) - 1, reason: 'record-too-large' }]);
  });

  test('is one only when it is longer than the cap', () => {
    const open = openByteRowStream({ recordBytesCap: 200 });
    const fitting = JSON.stringify({ eventID: 'a', x: 'y'.repeat(200 - 22) });
    expect(fitting.length).toBe(200);
    for (const pieces of cuts) {
      expect(map(logOf(fitting), { open, pieces }).stubs).toEqual([]);
      expect(map(logOf(`${fitting.slice(0, -1)} }`), { open, pieces }).stubs).toHaveLength(1);
    }
  });

  test('is still refused when its inside is no JSON', () => {
    const open = openByteRowStream({ recordBytesCap: 100 });
    const { rows, error } = map(logOf(neighbour, `{"x":"${'y'.repeat(500)}","z":tru}`), { open, pieces: [50] });
    expect(rows).toHaveLength(1);
    expect(error).toMatchObject({ code: 'json-invalid' });
  });

  test('has its invalid UTF-8 repaired', () => {
    const log = Buffer.from(
      logOf(`{"eventName":"a?","x":"${'y'.repeat(500)}"}`, `["?${'y'.repeat(500)}"]`).replaceAll('?', '\u0001'),
    );
    const { rows, counts } = map(
      log.map((byte) => (byte === 1 ? 0xff : byte)),
      { open: openByteRowStream({ recordBytesCap: 100 }) },
    );
    expect(rows[0]?.['EventName']).toBe('a\ufffd');
    expect(JSON.stringify(rows[1]?.['UnmappedFields'])).toContain('\ufffd');
    expect(counts.repaired).toBe(2);
  });
});

describe('a record over the depth cap', () => {
  test.each(cuts)('becomes a row of what is not deep', (...pieces) => {
    const record = `{"eventID":"deep","x":${brackets(100_000)},"eventTime":"${time}"}`;
    const { rows, stubs, error } = map(logOf(neighbour, record, neighbour), { pieces });
    expect(error).toBeUndefined();
    expect(rows[1]).toMatchObject({
      TimeGenerated: time,
      AwsEventId: 'deep',
      UnmappedFields: { _stub: 'record-too-deep', x: expect.stringMatching(/^\[+<cut \d+ bytes>\]+$/) },
    });
    expect(stubs).toEqual([{ offset: expect.any(Number), reason: 'record-too-deep' }]);
    expect(rows).toHaveLength(3);
  });

  test('is one only when it is deeper than the cap', () => {
    expect(map(logOf(`{"x":${brackets(511)}}`)).stubs).toEqual([]);
    expect(map(logOf(`{"x":${brackets(512)}}`)).stubs).toHaveLength(1);
    expect(map(logOf(`{"requestParameters":{"x":${brackets(510)}}}`)).stubs).toEqual([]);
    expect(map(logOf(`{"requestParameters":{"x":${brackets(511)}}}`)).stubs).toHaveLength(1);
  });
});

describe('an element of Records that is no object', () => {
  test.each(['5', '-0.0', 'null', 'true', '"text"', '[]', '[1, {"a": 2}]'])(
    'becomes a row that keeps %s',
    (element) => {
      for (const pieces of [[1], [1000]]) {
        const { rows, bodies, stubs, error } = map(logOf(neighbour, element, neighbour), { pieces });
        expect(error).toBeUndefined();
        expect(rows).toHaveLength(3);
        expect(bodies[0]).toContain(
          `{"_noEventTime":true,"_stub":"record-not-an-object","_record":${element.replaceAll(', ', ',').replace(': ', ':')}}`,
        );
        expect(stubs[0]?.reason).toBe('record-not-an-object');
      }
    },
  );

  test('is cut when it is too large', () => {
    const { rows } = map(logOf(`"${'x'.repeat(2_000_000)}"`), { pieces: [10_000] });
    expect(rows[0]).toMatchObject({
      UnmappedFields: { _stub: 'record-too-large', _record: expect.stringMatching(/^x+<cut \d+ bytes>x+$/) },
      TruncatedColumns: 'UnmappedFields',
    });
  });
});

describe('a stub', () => {
  const fill = 'z'.repeat(300_000);

  test.each([
    ['blanks', { a: ' '.repeat(2_000_000), Action: '*' }],
    ['text before', { a: 'x'.repeat(2_000_000), Action: '*' }],
    ['text behind', { Action: '*', a: 'x'.repeat(2_000_000) }],
    ['text on both sides', { a: 'x'.repeat(1_000_000), Action: '*', b: 'x'.repeat(10_000) }],
    [
      'many members before',
      { ...Object.fromEntries(Array.from({ length: 99_999 }, (_, at) => [`k${at}`, 'v'])), Action: '*' },
    ],
    ['text in text', { policy: JSON.stringify({ Action: '*', pad: '\n'.repeat(1_000_000) }) }],
  ])('keeps of each column what fits: %s', (_, requestParameters) => {
    const record = JSON.stringify({
      eventTime: time,
      requestParameters,
      errorMessage: `begin${fill}end`,
      fill,
      eventID: 'id',
    });
    for (const pieces of [[262_144], [997]]) {
      const row = rowOf(record, { pieces });
      expect(String(row['RequestParameters']).replaceAll('\\', '')).toContain('"Action":"*"');
      expect(JSON.parse(String(row['RequestParameters']))).toBeTypeOf('object');
      expect(row['ErrorMessage']).toMatch(/^beginz+<cut \d+ bytes>z+end$/);
      expect(row['AwsEventId']).toBe('id');
      expect(row['TruncatedColumns']).toContain('RequestParameters');
    }
  });
});

describe('StubSkim', () => {
  test('keeps a bounded part of a record with any number of members, and counts the lost ones', () => {
    const skim = new StubSkim(64_000, 512);
    const members =
      `"userIdentity":{"arn":"a"},"eventName":"${'n'.repeat(50)}","${'k'.repeat(2000)}":1,"k":{"a":[1,2,3]},`.repeat(
        3000,
      );
    const record = Buffer.from(`{${members}"eventID":"last"}`);
    skim.take(record, 0, record.length);
    expect(skim.done).toBe(true);
    expect(skim.reduced.length).toBeLessThan(600_000);
    expect(JSON.parse(Buffer.from(skim.reduced).toString())).toMatchObject({ eventID: 'last' });
    expect(skim.lostMembers).toBeGreaterThan(3000);
  });

  test('says in the row how many members were lost', () => {
    const record = `{${Array.from({ length: 40_000 }, (_, index) => `"key number ${index}":"some value"`).join(',')}}`;
    const { rows } = map(logOf(record));
    expect(rows[0]?.['UnmappedFields']).toMatchObject({ _stub: 'record-too-large', _lostMembers: expect.any(Number) });
  });
});
