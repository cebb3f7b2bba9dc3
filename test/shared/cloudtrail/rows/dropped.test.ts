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
/** The second selector drops the odd ones, the third what can be divided by ten. */
const judgeById = (bytes: Uint8Array) => {
  const id = Number(/id-(\d+)/.exec(Buffer.from(bytes).toString())?.[1]);
  if (id % 2 === 1) return 2;
  return id % 10 === 0 ? 3 : 0;
};

describe.each(Object.entries(engines))('a record that a selector drops, by %s', (_, engine) => {
  test('has no row, and is counted', () => {
    const log = logOf(...Array.from({ length: 50 }, (_, id) => record(id)));
    for (const pieces of [[1 << 20], [1], [97]]) {
      const { rows, counts } = map(log, { open: engine({ judge: judgeById }), pieces, limit: 500 });
      const kept = Array.from({ length: 25 }, (_, half) => 2 * half).filter((id) => id % 10 !== 0);
      expect(rows.map((row) => row['AwsEventId'])).toEqual(kept.map((id) => `id-${id}`));
      expect(counts).toMatchObject({ records: 50, rows: 20, dropped: 30, droppedBy: [0, 25, 5] });
    }
  });

  test('is counted once where a letter that is no UTF-8 makes the engine read again', () => {
    const bad = Buffer.from('{"eventID":"id-4","x":"?"}').map((byte) => (byte === 0x3f ? 0xff : byte));
    const log = Buffer.concat([
      Buffer.from('{"Records":[{"eventID":"id-1"},'),
      bad,
      Buffer.from(',{"eventID":"id-3"}]}'),
    ]);
    const { counts } = map(log, { open: engine({ judge: judgeById }) });
    expect(counts).toMatchObject({ records: 3, rows: 1, dropped: 2, droppedBy: [0, 2], repaired: 1 });
  });

  test('may be every one of a file', () => {
    const { bodies, counts } = map(logOf(record(1), record(3)), { open: engine({ judge: () => 1 }) });
    expect(bodies).toEqual([]);
    expect(counts).toMatchObject({ records: 2, rows: 0, dropped: 2 });
  });

  test('is seen as it stands in the file, whatever the engine makes of it', () => {
    const texts = ['{"eventTime":"2026-11-01T00:00:00Z", "eventID":1.0}', '{"eventID":"a","eventID":"b"}', '{ }'];
    const seen: string[] = [];
    const judge = (bytes: Uint8Array) => {
      seen.push(Buffer.from(bytes).toString());
      return 0;
    };
    map(logOf(...texts), { open: engine({ judge }) });
    expect([...new Set(seen)]).toEqual(texts);
  });

  test('is not asked about when it is a stub, which has its row', () => {
    const judge = () => 1;
    const { rows, counts } = map(logOf('[]', '7', { deep: [[[[[[[[[]]]]]]]]] }), {
      open: engine({ judge, depthCap: 8 }),
    });
    expect(rows).toHaveLength(3);
    expect(counts).toMatchObject({ records: 3, rows: 3, dropped: 0, stubs: 3 });
  });
});
