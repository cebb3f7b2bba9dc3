import { describe, expect, test } from 'vitest';
import { generateTrail } from '../../../../../local/trail/generateTrail.ts';
import { openBody, type RowBody } from '../../../../../shared/cloudtrail/rows/body.ts';
import { openByteRowStream } from '../../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { feedEnd, feedPiece } from '../../../../../shared/cloudtrail/rows/feed.ts';
import { openWasmRowStream } from '../../../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { context, logOf, map, type Row } from '../mapping.ts';

const open = openWasmRowStream();

describe('openWasmRowStream', () => {
  test('writes the rows of a generated trail as the byte engine does, in pieces of any size', () => {
    for (const json of trail({ files: 60, records: 600 })) {
      const expected = map(json);
      for (const pieces of [[1 << 20], [997], [64, 1, 5000]]) {
        const { rows, counts } = map(json, { open, pieces });
        expect(rows).toEqual(expected.rows);
        expect(counts).toEqual(expected.counts);
      }
    }
  });

  test('reads records behind other keys, behind white space and a byte order mark, in several arrays and documents', () => {
    const records = numbered(6).map((record) => JSON.stringify(record));
    const log = `\ufeff{ "made": [{"by": "[x"}], "Records" :\n[ ${records[0]} , ${records[1]}\n] , "Records": [], "Records":[${records[2]}]}
      {"Records":[${records[3]},${records[4]}],"after":[1]}{"Records":[${records[5]}]}`;
    for (const pieces of [[1 << 20], [1], [7]]) {
      const mapped = map(log, { open, pieces });
      expect(mapped.error).toBeUndefined();
      expect(mapped.rows.map(eventId)).toEqual(['0', '1', '2', '3', '4', '5']);
    }
  });

  test('gives what is no ordinary record to the byte engine, and goes on behind it', () => {
    const [first, second, third] = numbered(3);
    const odd = [
      '{"eventID":"a","eventID":"b"}',
      '7',
      '"x"',
      '[{}]',
      `{"eventID":"deep","in":${'['.repeat(80)}${']'.repeat(80)}}`,
    ];
    const log = `{"Records":[${[first, ...odd, second, '{}', third].map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join()}]}`;
    for (const pieces of [[1 << 20], [3]]) {
      const mapped = map(log, { open, pieces });
      expect(mapped.rows).toEqual(map(log).rows);
      expect(mapped.counts).toMatchObject({ records: 9, rows: 9, stubs: 3 });
      expect(mapped.stubs).toEqual(map(log).stubs);
    }
  });

  test('says what is wrong, and where, as the byte engine does', () => {
    const log = logOf(...numbered(3));
    const broken = [
      log.slice(0, -30),
      log.slice(0, -2),
      log.replace('},{', '}{'),
      log.replace('"2"', '"\u0001"'),
      '',
      '{}',
    ];
    for (const text of broken) {
      const expected = map(text).error;
      expect(expected).toMatchObject({ name: 'ConnectorError' });
      expect(map(text, { open }).error).toEqual(expected);
      expect(map(text, { open, pieces: [2] }).error).toEqual(expected);
    }
  });

  test('lets streams take turns with the one module they share', () => {
    const logs = trail({ files: 5, records: 40 });
    const limit = 20_000;
    const readers = logs.map((json) => new Reader(json, limit));
    for (let length = 100; readers.some((reader) => !reader.isDone); length += 33) {
      for (const reader of readers) reader.feed(length);
    }
    for (const [index, json] of logs.entries()) {
      expect(readers[index]?.rows).toEqual(map(json).rows);
    }
  });

  test('remembers nothing of a longer file when a shorter one ends early', () => {
    const log = logOf(...numbered(50));
    const cut = log.slice(0, log.length / 2);
    const fresh = map(cut, { open: openWasmRowStream() });
    map(log, { open });
    expect(map(cut, { open })).toEqual(fresh);
  });

  test('makes a stub of a record over the cap, held or not, and keeps its neighbours', () => {
    const [first, second] = numbered(2);
    const huge = { eventID: 'huge', eventTime: '2026-11-01T00:00:00Z', note: 'x'.repeat(1_100_000) };
    const mapped = map(logOf(first ?? {}, huge, second ?? {}), { open, pieces: [100_000] });
    expect(mapped.error).toBeUndefined();
    expect(mapped.rows.map(eventId)).toEqual(['0', 'huge', '1']);
    expect(mapped.stubs).toEqual([{ offset: 12 + JSON.stringify(first).length + 1, reason: 'record-too-large' }]);
  });

  test('reads a large record in tiny pieces without reading it again for each', () => {
    // Otherwise this takes minutes.
    const large = {
      eventID: 'large',
      eventTime: '2026-11-01T00:00:00Z',
      requestParameters: { list: Array(60_000).fill('item') },
    };
    const mapped = map(logOf(large), { open, pieces: [8] });
    expect(mapped.rows.map(eventId)).toEqual(['large']);
  });

  test('finds records behind any number of brackets and empty arrays', () => {
    const [first, last] = numbered(2).map((record) => JSON.stringify(record));
    const log = `{"other":[${'[],'.repeat(50_000)}0],${'"Records":[],'.repeat(50_000)}"Records":[${first}],"Records":[${last}]}`;
    const mapped = map(log, { open });
    expect(mapped.error).toBeUndefined();
    expect(mapped.rows.map(eventId)).toEqual(['0', '1']);
  });

  test('holds invalid UTF-8 to what the byte engine makes of it', () => {
    const log = Buffer.from(logOf(...numbered(4)));
    log[log.lastIndexOf('name2')] = 0xff;
    const mapped = map(log, { open });
    expect(mapped.counts).toMatchObject({ rows: 4, repaired: 1 });
    expect(mapped.rows).toEqual(map(log).rows);
    expect(mapped.rows[2]).toMatchObject({ EventName: '\ufffdame2' });
  });
});

describe('openWasmRowStream, bodies', () => {
  test('are filled to the last byte and never beyond', () => {
    const log = logOf(...numbered(3));
    const whole = map(log, { open }).bodies[0]?.length ?? 0;
    expect(map(log, { open, limit: whole }).bodies.map((body) => body.length)).toEqual([whole]);
    expect(map(log, { open, limit: whole - 1 }).bodies.map(rowsIn)).toEqual([2, 1]);
  });

  test('stay within 1,048,576 bytes and leave no room for the row that follows', () => {
    const limit = 1_048_576;
    const [json = new Uint8Array()] = trail({ files: 1, records: 3000 });
    const { bodies, rows } = map(json, { open, limit, pieces: [250_000] });
    const lengths = bodies.map((body) => Buffer.byteLength(body));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
    for (const [index, next] of bodies.slice(1).entries()) {
      const firstRow: Row = JSON.parse(next)[0];
      expect((lengths[index] ?? 0) + Buffer.byteLength(JSON.stringify(firstRow)) + 1).toBeGreaterThan(limit);
    }
    expect(rows.length).toBe(3000);
  });

  test('may be larger than what the module writes at once', () => {
    const record = { eventTime: '2026-11-01T00:00:00Z' };
    const log = logOf(...Array.from({ length: 10_000 }, () => record));
    const large = openWasmRowStream({ blockBytes: 400_000 });
    expect(map(log, { open: large, limit: 3_000_000, pieces: [400_000] }).bodies.map(rowsIn)).toEqual([10_000]);
  });

  test('hold the rows that the byte engine puts into them, at every limit around their edges', () => {
    const [json = new Uint8Array()] = trail({ files: 1, records: 12 });
    const edges = map(json).bodies.flatMap((body) => rowEnds(body));
    for (const edge of edges) {
      for (const limit of [edge - 1, edge, edge + 1].filter((each) => each > 6000)) {
        const bodies = map(json, { open, limit }).bodies.map(rowsIn);
        expect(bodies).toEqual(map(json, { open: openByteRowStream(), limit }).bodies.map(rowsIn));
      }
    }
  });
});

function trail(size: { files: number; records: number }): Uint8Array[] {
  return [...generateTrail({ seed: 'rows', ...size, now: Date.UTC(2026, 10, 1) })].map((file) => file.json());
}

/** Records that are small and like CloudTrail's. */
function numbered(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      userName: `name${index}`,
      sessionContext: { attributes: { mfaAuthenticated: 'false' } },
    },
    eventTime: '2026-11-01T00:00:00Z',
    eventName: `name${index}`,
    requestParameters: { text: `"${index}"\\` },
    eventID: String(index),
    extra: { index },
  }));
}

function eventId(row: Row): unknown {
  return row['AwsEventId'] ?? row['UnmappedFields'];
}

function rowsIn(body: string): number {
  return JSON.parse(body).length;
}

/** Lengths of the body that would end behind each row. */
function rowEnds(body: string): number[] {
  const rows: Row[] = JSON.parse(body);
  return rows.map((_, index) => Buffer.byteLength(JSON.stringify(rows.slice(0, index + 1))));
}

/** Feeds a file bit by bit, in turn with others. */
class Reader {
  readonly rows: Row[] = [];
  readonly #stream = open(context);
  readonly #limit: number;
  #rest: Uint8Array;
  #body: RowBody;

  constructor(json: Uint8Array, limit: number) {
    this.#rest = json;
    this.#limit = limit;
    this.#body = openBody(this.#limit);
  }

  get isDone(): boolean {
    return this.#rest.length === 0;
  }

  feed(length: number): void {
    if (this.isDone) return;
    const piece = Uint8Array.from(this.#rest.subarray(0, length));
    this.#rest = this.#rest.subarray(length);
    for (const _ of feedPiece(this.#stream, piece, () => this.#body)) this.#close();
    piece.fill(0x78);
    if (!this.isDone) return;
    for (const _ of feedEnd(this.#stream, () => this.#body)) this.#close();
    this.#close();
  }

  #close(): void {
    const { bytes, length } = this.#body;
    this.rows.push(...(JSON.parse(`${Buffer.from(bytes.subarray(0, length - 1))}]`) as Row[]));
    this.#body = openBody(this.#limit);
  }
}
