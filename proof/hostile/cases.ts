import { gzipSync } from 'node:zlib';
import { generateTrail } from '../../local/trail/generateTrail.ts';

/** A log file made to hold up whoever reads it: its bytes as they would lie in a bucket. */
export type HostileFile = () => Uint8Array;

const million = 1_000_000;

/** Just below the cap on one record, where all of it is held. */
const nearlyMebibyte = 1024 * 1024 - 200;

/** Usual records, against which the cost of all others is held. */
export const ordinary: HostileFile = () => {
  const [file] = generateTrail({ seed: 'ordinary', files: 1, records: 10_000, now: Date.UTC(2026, 10, 1) });
  return gzipSync(Buffer.from(file?.json() ?? ''));
};

/** By name, each a way that was found, or that is like one. */
export const hostileFiles: Readonly<Record<string, HostileFile>> = {
  'empty arrays in place of records': () => times('[]', 4 * million),
  'numbers in place of records': () => times('1', 4 * million),
  'nulls in place of records': () => times('null', 2 * million),
  'empty texts in place of records': () => times('""', 2 * million),
  'empty records': () => times('{}', 300_000),
  'tiny records': () => times('{"a":1}', 300_000),
  'records nested too deep': () => times(`{"eventID":"x","a":${nested(600)}}`, 5000),
  'one element nested four million deep': () => times(nested(4 * million), 1),
  'records of 60,000 members': () =>
    large(
      60_000,
      (at) => `"k${at}":${at}`,
      (all) => `{${all}}`,
    ),
  'parameters of 60,000 members': () =>
    large(
      60_000,
      (at) => `"k${at}":${at}`,
      (all) => `{"requestParameters":{${all}}}`,
    ),
  'lists of 100,000 objects': () =>
    large(
      100_000,
      (at) => `{"a":${at % 10}}`,
      (all) => `{"requestParameters":[${all}]}`,
    ),
  'members beyond the cap on a record': () =>
    large(
      160_000,
      (at) => `"k${at}":${at}`,
      (all) => `{"requestParameters":{${all}}}`,
    ),
  'one key 40,000 times': () =>
    large(
      40_000,
      () => '"eventName":"abc"',
      (all) => `{${all}}`,
    ),
  'one known object 20,000 times': () =>
    large(
      20_000,
      () => '"userIdentity":{"type":"a","x":1}',
      (all) => `{${all}}`,
    ),
  'derived columns 20,000 times': () =>
    large(
      20_000,
      () => '"requestParameters":{"ipProtocol":"a","x":1}',
      (all) => `{${all}}`,
    ),
  'escaped keys': () =>
    large(
      50_000,
      (at) => `"\\u0061b${at % 10}":1`,
      (all) => `{${all}}`,
    ),
  'long lists nested deep': () =>
    times(`{"requestParameters":${'{"a":['.repeat(250)}${'1,'.repeat(400_000)}1${']}'.repeat(250)}}`, 5),
  'texts of a mebibyte': () => times(`{"errorMessage":"${'x'.repeat(nearlyMebibyte)}"}`, 5),
  'texts of escapes': () => times(`{"errorMessage":"${'\\u0041'.repeat(nearlyMebibyte / 6)}"}`, 5),
  'texts of backslashes': () => times(`{"errorMessage":"${'\\\\'.repeat(nearlyMebibyte / 2)}"}`, 5),
  'texts of line feeds': () => times(`{"requestParameters":{"a":"${'\\n'.repeat(nearlyMebibyte / 2)}"}}`, 5),
  'texts of three megabytes': () => times(`{"errorMessage":"${'x'.repeat(3 * million)}"}`, 5),
  'blanks in place of records': () => gzipSync(`{"Records":[${' '.repeat(16 * million)}]}`),
  'no times': () => times('{"eventTime":"2026-13-01T00:00:00Z","eventID":"x","eventName":"abcdefghijklmnop"}', 40_000),
  'a bomb of blanks': () => gzipSync(Buffer.alloc(200 * million, 0x20)),
  'a bomb that hides its length': () => {
    const bomb = gzipSync(
      Buffer.concat([Buffer.from('{"Records":['), Buffer.alloc(15 * million, 0x20), Buffer.from(']}')]),
    );
    bomb.writeUInt32LE(100, bomb.length - 4);
    return bomb;
  },
  '40,000 gzip members': () => {
    const member = gzipSync('{"Records":[]}');
    return Buffer.concat(Array.from({ length: 40_000 }, () => member));
  },
};

function times(element: string, count: number): Uint8Array {
  return gzipSync(`{"Records":[${`${element},`.repeat(count - 1)}${element}]}`, { level: 1 });
}

/** Five records of so many members. */
function large(members: number, member: (at: number) => string, record: (all: string) => string): Uint8Array {
  return times(record(Array.from({ length: members }, (_, at) => member(at)).join(',')), 5);
}

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}
