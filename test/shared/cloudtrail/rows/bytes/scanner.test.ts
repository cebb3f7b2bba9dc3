import { describe, expect, test } from 'vitest';
import { openByteRowStream } from '../../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { LogFileScanner } from '../../../../../shared/cloudtrail/rows/bytes/scanner.ts';
import { openWasmRowStream } from '../../../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { logOf, map } from '../mapping.ts';

const a = '{"eventID":"a"}';
const b = '{"eventID":"b"}';

function ids(log: string | Uint8Array, pieces: readonly number[] = [1000]): unknown[] {
  const { rows, error } = map(log, { pieces });
  return [...rows.map((row) => row['AwsEventId']), ...(error === undefined ? [] : [codeOf(error)])];
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
}

describe('LogFileScanner', () => {
  test.each([
    ['no records', '{"Records":[]}', []],
    ['white space everywhere', ` \n{ "Records" : [ ${a} , ${b} ] } \r\n\t`, ['a', 'b']],
    ['keys before', `{"x":[{"Records":[1]}],"y":"Records","Records":[${a}]}`, ['a']],
    ['keys after', `{"Records":[${a}],"x":{"a":[true,false,null,-1.5e+3]},"n":0}`, ['a']],
    ['an escaped key', `{"\\u0052ecord\\u0073":[${a}]}`, ['a']],
    ['a key far too long', `{"${'R'.repeat(500)}":1,"Records":[${a}]}`, ['a']],
    ['several arrays', `{"Records":[${a}],"Records":[${b}]}`, ['a', 'b']],
    ['Records that are no array beside one that is', `{"Records":null,"Records":[${a}],"Records":{"x":1}}`, ['a']],
    ['several documents', `{"Records":[${a}]}\n\ufeff{"Records":[${b}]}`, ['a', 'b']],
    ['a byte order mark', `\ufeff{"Records":[${a}]}`, ['a']],
  ])('finds the records of a file with %s', (_, log, expected) => {
    for (const pieces of [[1], [2], [5, 1, 100], [1000]]) expect(ids(log, pieces)).toEqual(expected);
  });

  test.each([
    ['', 'object-empty', 0],
    [' \n', 'object-empty', 2],
    ['\ufeff', 'object-empty', 3],
    ['[]', 'no-records', 0],
    ['"x"', 'no-records', 0],
    ['-1', 'no-records', 0],
    ['{}', 'no-records', 2],
    ['{"Records":null}', 'no-records', 16],
    ['{"x":{"Records":[]}}', 'no-records', 20],
    ['x', 'json-invalid', 0],
    ['\u0000', 'json-invalid', 0],
    [' \ufeff{"Records":[]}', 'json-invalid', 1],
    ['{Records:[]}', 'json-invalid', 1],
    ['{"Records" []}', 'json-invalid', 11],
    ['{"Records":[]', 'json-invalid', 13],
    ['{"Records":[]]', 'json-invalid', 13],
    ['{"Records":[],}', 'json-invalid', 14],
    ['{"x":nul}', 'json-invalid', 8],
    ['{"x":01,"Records":[]}', 'json-invalid', 6],
    ['{"x":1.,"Records":[]}', 'json-invalid', 7],
    ['{"x":1e,"Records":[]}', 'json-invalid', 7],
    ['{"x":1e+,"Records":[]}', 'json-invalid', 8],
    ['{"x":-,"Records":[]}', 'json-invalid', 6],
    ['{"x":"\\x"}', 'json-invalid', 7],
    ['{"x":"\\u00g0"}', 'json-invalid', 10],
    ['{"x":"\t"}', 'json-invalid', 6],
    ['{"x":[1}]}', 'json-invalid', 7],
    ['{"x":[,]}', 'json-invalid', 6],
    ['{"x":{"a":1,}}', 'json-invalid', 12],
    ['{"x":{1:1}}', 'json-invalid', 6],
    ['{"x":{"a" 1}}', 'json-invalid', 10],
    ['{"x":;}', 'json-invalid', 5],
    ['\u00ef\u00bb', 'json-invalid', 0],
    [`{"Records":[${a}]}{"Records":[1,}`, 'json-invalid', 43],
  ])('refuses %j as %s at offset %i', (log, code, offset) => {
    for (const pieces of [[1], [3], [1000]]) {
      expect(map(log, { pieces }).error).toMatchObject({ code, at: { offset } });
    }
  });

  test.each([
    ['in a record', `${a},{"eventID":"b","x":[1,}]}`, 50],
    ['a record that stops', `${a},{"eventID":"b",`, 43],
    ['a trailing comma', `${a},]`, 28],
    ['no comma', `${a}${b}`, 27],
    ['a control character', `${a},{"x":"\u0001"}`, 34],
    ['a lone backslash', `${a},{"x":\\"1"}`, 33],
    ['a closer of the other kind', `${a},{"x":[1}}`, 35],
    ['half a literal', `${a},{"x":tru}`, 36],
    ['a number with two points', `${a},{"x":1.1.1}`, 36],
  ])('delivers the rows before the damage: %s', (_, inside, offset) => {
    for (const pieces of [[1], [7], [1000]]) {
      const { rows, counts, error } = map(`{"Records":[${inside}`, { pieces });
      expect(rows.map((row) => row['AwsEventId'])).toEqual(['a']);
      expect(counts).toMatchObject({ records: 1, rows: 1 });
      expect(error).toMatchObject({ code: 'json-invalid', at: { offset } });
    }
  });

  test.each([' garbage', '\u0000', ']', '}', '[1]', '{', '{"x":1}', '\n{"Records":', '\ufeffx', '{"x":nul}', '"a"'])(
    'tells of %j behind a whole document, and takes the file',
    (trailing) => {
      for (const open of [openByteRowStream(), openWasmRowStream()]) {
        for (const pieces of [[1], [7], [1000]]) {
          const { rows, counts, error } = map(`{"Records":[${a},${b}]}${trailing}`, { pieces, open });
          expect(error).toBeUndefined();
          expect(rows.map((row) => row['AwsEventId'])).toEqual(['a', 'b']);
          expect(counts.trailingBytes).toBe(Buffer.byteLength(trailing.replace(/^[ \n]+/, '')));
        }
      }
    },
  );

  test('counts no trailing bytes where there are blanks or further documents', () => {
    for (const more of ['', ' \n', '\ufeff', `\n{"Records":[${b}]}`]) {
      expect(map(`{"Records":[${a}]}${more}`).counts.trailingBytes).toBe(0);
    }
  });

  test('names the record in which the JSON is broken', () => {
    expect(map(logOf(a, '{"x":}')).error).toMatchObject({
      message: 'invalid JSON at byte offset 33 in record 2, which starts at 28: unexpected 0x7d',
    });
    expect(map(`{"Records":[${a},{"x`).error).toMatchObject({
      message: 'the JSON ends too early, at byte offset 31 in record 2, which starts at 28',
    });
  });

  test('counts the records it framed, apart from the rows that were written', () => {
    const scanner = new LogFileScanner({ recordBytesCap: 1000, depthCap: 512, columnBytesCap: 1000 });
    scanner.feed(Buffer.from(logOf(a, b, '5')));
    expect([scanner.next(), scanner.next()]).toEqual(['tape', 'tape']);
    expect(scanner.next()).toMatchObject({ kind: 'stub', reason: 'record-not-an-object' });
    expect(scanner.next()).toBeUndefined();
    expect(scanner.records).toBe(3);
  });

  test('refuses a depth cap in which known objects would not fit', () => {
    expect(() => openByteRowStream({ depthCap: 7 })({ sourceObject: '', fallbackTime: '' })).toThrow(RangeError);
  });
});
