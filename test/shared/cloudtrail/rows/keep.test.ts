import { describe, expect, test } from 'vitest';
import { openByteRowStream } from '../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import type { EngineOptions, OpenRowStream } from '../../../../shared/cloudtrail/rows/engine.ts';
import { openWasmRowStream } from '../../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { logOf, map } from './mapping.ts';

const engines: Readonly<Record<string, (options: EngineOptions) => OpenRowStream>> = {
  bytes: openByteRowStream,
  wasm: openWasmRowStream,
};

const record = (id: number) => ({ eventTime: '2026-11-01T00:00:00Z', eventID: `id-${id}` });
const isEven = (bytes: Uint8Array) => Number(/id-(\d+)/.exec(Buffer.from(bytes).toString())?.[1]) % 2 === 0;

describe.each(Object.entries(engines))('a record that is not kept, by %s', (_, engine) => {
  test('has no row, and is counted', () => {
    const log = logOf(...Array.from({ length: 50 }, (_, id) => record(id)));
    for (const pieces of [[1 << 20], [1], [97]]) {
      const { rows, counts } = map(log, { open: engine({ keep: isEven }), pieces, limit: 500 });
      expect(rows.map((row) => row['AwsEventId'])).toEqual(Array.from({ length: 25 }, (_, half) => `id-${2 * half}`));
      expect(counts).toMatchObject({ records: 50, rows: 25, dropped: 25 });
    }
  });

  test('may be every one of a file', () => {
    const { bodies, counts } = map(logOf(record(1), record(3)), { open: engine({ keep: () => false }) });
    expect(bodies).toEqual([]);
    expect(counts).toMatchObject({ records: 2, rows: 0, dropped: 2 });
  });

  test('is seen as it stands in the file, whatever the engine makes of it', () => {
    const texts = ['{"eventTime":"2026-11-01T00:00:00Z", "eventID":1.0}', '{"eventID":"a","eventID":"b"}', '{ }'];
    const seen: string[] = [];
    const keep = (bytes: Uint8Array) => seen.push(Buffer.from(bytes).toString()) > 0;
    map(logOf(...texts), { open: engine({ keep }) });
    expect([...new Set(seen)]).toEqual(texts);
  });

  test('is not asked about when it is a stub, which has its row', () => {
    const keep = () => false;
    const { rows, counts } = map(logOf('[]', '7', { deep: [[[[[[[[[]]]]]]]]] }), {
      open: engine({ keep, depthCap: 8 }),
    });
    expect(rows).toHaveLength(3);
    expect(counts).toMatchObject({ records: 3, rows: 3, dropped: 0, stubs: 3 });
  });
});
