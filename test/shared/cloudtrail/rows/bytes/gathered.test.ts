import { describe, expect, test } from 'vitest';
import { openByteRowStream } from '../../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { openWasmRowStream } from '../../../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { logOf, map } from '../mapping.ts';

const engines = [
  ['bytes', openByteRowStream()],
  ['wasm', openWasmRowStream()],
] as const;

const deep = `{"eventID":"deep","x":${'['.repeat(600)}${']'.repeat(600)}}`;

describe.each(engines)('stubs beyond the first hundred, %s', (_, open) => {
  test.each(['[]', '7', 'null', '"text"', '[1,[2]]', deep])('share one row that counts them: %s', (element) => {
    const elements = Array.from({ length: 5000 }, () => element);
    const log = logOf({ eventID: 'before' }, ...elements, { eventID: 'after' });
    for (const pieces of [[1 << 20], [997]]) {
      const { rows, counts, stubs, error } = map(log, { open, pieces });
      expect(error).toBeUndefined();
      expect(counts).toMatchObject({ records: 103, rows: 103, stubs: 5000, gathered: 4900 });
      expect(rows[101]?.['AwsEventId']).toBe('after');
      expect(rows[102]?.['UnmappedFields']).toMatchObject({ _stub: 'further-records', _records: 4900 });
      expect(stubs).toHaveLength(101);
      const offset = Buffer.from(log).indexOf(element) + 100 * (element.length + 1);
      expect(stubs[100]).toEqual({ offset, reason: 'further-records', records: 4900 });
    }
  });

  test('need a body of their own when the last one is full', () => {
    const elements = Array.from({ length: 150 }, () => '[]');
    const first = map(logOf(...elements), { open });
    const limit = Buffer.byteLength(first.bodies[0] ?? '') - 1;
    const { rows, bodies, error } = map(logOf(...elements), { open, limit });
    expect(error).toBeUndefined();
    expect(bodies).toHaveLength(2);
    expect(rows).toEqual(first.rows);
  });

  test('are still refused when one is no JSON', () => {
    const { error, rows } = map(logOf(...Array.from({ length: 200 }, () => '[]'), '[1,]'), { open });
    expect(error).toMatchObject({ code: 'json-invalid' });
    expect(rows).toHaveLength(100);
  });

  test('say how long the last one is that does not end in a piece', () => {
    const numbers = Array.from({ length: 150 }, (_, index) => `${index + 1}000`);
    for (const pieces of [[1], [2], [3], [1000]]) {
      expect(map(logOf(...numbers), { open, pieces }).counts).toMatchObject({ records: 101, stubs: 150 });
    }
  });
});
