import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compress } from '../../../../shared/gzip/compressBody.ts';
import { ObjectRows } from '../../../../shared/pipeline/rows/objectRows.ts';
import type { Batch } from '../../../../shared/pipeline/upload/batch.ts';
import type { SettledRows } from '../../../../shared/pipeline/upload/outcome.ts';
import { Packer, type PackerParts } from '../../../../shared/pipeline/upload/packer.ts';
import { FakeClock, lineRows } from '../fakes.ts';

const compress: Compress = async (bytes, level) => gzipSync(bytes, { level });
const context = { sourceObject: 'test', fallbackTime: '2026-11-01T00:00:00Z' };

describe('Packer', () => {
  it('keeps every row once and in the order of its object, in bodies that never pass the limit', async () => {
    const object = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { maxLength: 5 }),
        fc.integer({ min: 100, max: 300 }),
        fc.integer({ min: 1, max: 50 }),
        async (objects, batchBytes, pieceBytes) => {
          const { clock, delivered, packer } = rig({ settings: { batchBytes, gzipLevel: 1, lingerMs: 100 } });
          const texts = objects.map((widths, o) =>
            widths.map((width, r) => `{"o":${o},"r":${r},"p":"${'x'.repeat(width)}"}`),
          );
          const all = texts.map(async (lines) => {
            const rows = new ObjectRows();
            const stream = lineRows(context);
            const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
            for (let from = 0; from < bytes.length; from += pieceBytes) {
              await packer.write(bytes.subarray(from, from + pieceBytes), stream, rows, never());
            }
            return rows;
          });
          const written = await clock.run(Promise.all(all));
          packer.flush();
          await clock.run(packer.settled(never()));
          const rows = delivered.flatMap(
            ({ body }) => JSON.parse(gunzipSync(body.gzipped).toString()) as { o: number }[],
          );
          texts.forEach((lines, o) => {
            expect(rows.filter((row) => row.o === o).map((row) => JSON.stringify(row))).toEqual(lines);
            expect(written[o]).toMatchObject({ written: lines.length, accepted: lines.length, failure: undefined });
          });
          for (const { body, objectStarts, rowEnds } of delivered) {
            expect(body.uncompressedBytes).toBeLessThanOrEqual(batchBytes);
            expect(gunzipSync(body.gzipped).length).toBe(body.uncompressedBytes);
            const owners = (JSON.parse(gunzipSync(body.gzipped).toString()) as { o: number }[]).map(({ o }) => o);
            expect(rowEnds).toHaveLength(body.rows);
            expect(objectStarts).toEqual(owners.flatMap((o, at) => (at > 0 && owners[at - 1] !== o ? [at] : [])));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('fills a body to its last byte, and not one further', async () => {
    for (const [rowBytes, bodies] of [
      [9, 1],
      [10, 2],
    ] as const) {
      const { clock, delivered, packer } = rig({ settings: { batchBytes: 21, gzipLevel: 1, lingerMs: 100 } });
      const line = `"${'x'.repeat(rowBytes - 2)}"\n`;
      await packer.write(Buffer.from(line + line), lineRows(context), new ObjectRows(), never());
      packer.flush();
      await clock.run(packer.settled(never()));
      expect(delivered.map(({ body }) => body.rows)).toEqual(bodies === 1 ? [2] : [1, 1]);
      expect(delivered[0]?.body.uncompressedBytes).toBe(bodies === 1 ? 21 : 12);
    }
  });

  it('refuses a row that no body could hold, instead of turning for ever', async () => {
    const { packer } = rig({ settings: { batchBytes: 10, gzipLevel: 1, lingerMs: 100 } });
    const written = packer.write(Buffer.from(`"${'x'.repeat(20)}"\n`), lineRows(context), new ObjectRows(), never());
    await expect(written).rejects.toThrow(RangeError);
  });

  it('closes a body after a linger when nobody reads, and later when somebody does', async () => {
    for (const [isIdle, closedAfterMs] of [
      [true, 100],
      [false, 1_000],
    ] as const) {
      const { clock, delivered, packer } = rig({ isIdle: () => isIdle });
      await packer.write(Buffer.from('1\n'), lineRows(context), new ObjectRows(), never());
      await clock.advance(closedAfterMs - 1);
      expect(delivered).toHaveLength(0);
      await clock.advance(1);
      expect(delivered).toHaveLength(1);
    }
  });

  it('stops taking rows when no body is free, and goes on when one is', async () => {
    const gate = Promise.withResolvers<void>();
    const { clock, packer, delivered } = rig({
      bodiesInFlight: 2,
      settings: { batchBytes: 5, gzipLevel: 1, lingerMs: 100 },
      upload: async function* (batch) {
        delivered.push(batch);
        await gate.promise;
        yield accepted(batch);
      },
    });
    const rows = new ObjectRows();
    const written = packer.write(Buffer.from('111\n222\n333\n444\n'), lineRows(context), rows, never());
    await clock.quiet();
    expect(rows.written).toBe(2);
    gate.resolve();
    await clock.run(written);
    expect(rows.written).toBe(4);
  });

  it('gives up the open body when work stops, for the reason it stops', async () => {
    const stop = new AbortController();
    const { packer } = rig({ stop: stop.signal });
    const rows = new ObjectRows();
    await packer.write(Buffer.from('1\n2\n'), lineRows(context), rows, stop.signal);
    stop.abort(new Error('enough'));
    await rows.settled(never());
    expect(rows).toMatchObject({
      written: 2,
      accepted: 0,
      failure: { owner: 'pipeline', error: { message: 'enough' } },
    });
    const more = packer.write(Buffer.from('3\n'), lineRows(context), rows, stop.signal);
    await expect(more).rejects.toThrow('enough');
  });

  it('tells the objects when a body cannot be compressed', async () => {
    const { clock, packer } = rig({
      compress: async () => {
        throw new Error('out of memory');
      },
    });
    const rows = new ObjectRows();
    await packer.write(Buffer.from('1\n'), lineRows(context), rows, never());
    packer.flush();
    await clock.run(rows.settled(never()));
    expect(rows.failure).toMatchObject({ owner: 'pipeline', error: { message: 'out of memory' } });
  });

  it('gives up the rows that nothing was told of when the uploader breaks down in the middle', async () => {
    const { clock, packer } = rig({
      upload: async function* () {
        yield { from: 1, rows: 1, outcome: { kind: 'accepted' } };
        throw new Error('a bug');
      },
    });
    const rows = new ObjectRows();
    await packer.write(Buffer.from('1\n2\n3\n'), lineRows(context), rows, never());
    packer.flush();
    await clock.run(rows.settled(never()));
    expect(`${rows.acceptedRows}`).toBe('1-2');
    expect(rows.failure).toMatchObject({ owner: 'pipeline', error: { message: 'a bug' } });
  });

  it('keeps the rows before a break', async () => {
    const { clock, delivered, packer } = rig({});
    const rows = new ObjectRows();
    const written = packer.write(Buffer.from('1\n2\n!\n3\n'), lineRows(context), rows, never());
    await expect(written).rejects.toMatchObject({ code: 'json-invalid' });
    packer.flush();
    await clock.run(packer.settled(never()));
    expect(delivered.map(({ body }) => gunzipSync(body.gzipped).toString())).toEqual(['[1,2]']);
    expect(rows.accepted).toBe(2);
  });
});

function rig(parts: Partial<PackerParts>) {
  const clock = new FakeClock();
  const delivered: Batch[] = [];
  const packer = new Packer({
    settings: { batchBytes: 1_000, gzipLevel: 1, lingerMs: 100 },
    clock,
    compress,
    bodiesInFlight: 10,
    isIdle: () => true,
    stop: never(),
    upload: async function* (batch) {
      delivered.push(batch);
      yield accepted(batch);
    },
    ...parts,
  });
  return { clock, delivered, packer };
}

function accepted({ body }: Batch): SettledRows {
  return { from: 0, rows: body.rows, outcome: { kind: 'accepted' } };
}

function never(): AbortSignal {
  return new AbortController().signal;
}
