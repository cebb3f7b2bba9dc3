import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openByteRowStream } from '../../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import type { OpenRowStream } from '../../../../../shared/cloudtrail/rows/engine.ts';
import { openWasmRowStream } from '../../../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { type Mapped, type MappingOptions, map } from '../mapping.ts';
import { logFile, pieces } from '../records.ts';

const bytes = openByteRowStream();
const wasm = openWasmRowStream();
/** Blocks of a few hundred bytes end inside of records, as large ones would do in large files. */
const wasmInSmallBlocks = openWasmRowStream({ blockBytes: 300 });

describe('openWasmRowStream, on any input', () => {
  test('writes the rows that the byte engine writes, however the bytes are cut', () => {
    fc.assert(
      fc.property(logFile, pieces, fc.integer({ min: 4000, max: 9000 }), ({ text }, lengths, limit) => {
        const options = { pieces: lengths, limit };
        const expected = answer(bytes, text, options);
        expect(expected.error).toBeUndefined();
        expect(answer(wasm, text, options)).toEqual(expected);
        expect(answer(wasmInSmallBlocks, text, options)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('ends as the byte engine does when the file is damaged', () => {
    const damage = fc.tuple(fc.nat(), fc.nat(3), fc.uint8Array({ maxLength: 3 }));
    fc.assert(
      fc.property(logFile, pieces, damage, ({ text }, lengths, [where, removed, inserted]) => {
        const whole = Buffer.from(text);
        const at = where % whole.length;
        const log = Buffer.concat([whole.subarray(0, at), inserted, whole.subarray(at + removed)]);
        const expected = answer(bytes, log, { pieces: lengths, limit: 30_000 });
        expect(answer(wasm, log, { pieces: lengths, limit: 30_000 })).toEqual(expected);
        expect(answer(wasmInSmallBlocks, log, { pieces: lengths, limit: 30_000 })).toEqual(expected);
      }),
      { numRuns: 250 },
    );
  });

  test('cuts and reduces what the byte engine cuts and reduces when caps are small', () => {
    const limits = { columnBytesCap: 200, recordBytesCap: 1500, depthCap: 8 };
    const small = { bytes: openByteRowStream(limits), wasm: openWasmRowStream({ ...limits, blockBytes: 300 }) };
    fc.assert(
      fc.property(logFile, pieces, ({ text }, lengths) => {
        expect(answer(small.wasm, text, { pieces: lengths, limit: 30_000 })).toEqual(
          answer(small.bytes, text, { pieces: lengths, limit: 30_000 }),
        );
      }),
      { numRuns: 100 },
    );
  });
});

function answer(
  open: OpenRowStream,
  log: string | Uint8Array,
  options: MappingOptions,
): Pick<Mapped, 'rows' | 'counts' | 'stubs' | 'error'> {
  const { rows, counts, stubs, error } = map(log, { ...options, open });
  return { rows, counts, stubs, error };
}
