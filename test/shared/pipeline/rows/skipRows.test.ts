import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBody, type RowBody } from '../../../../shared/cloudtrail/rows/body.ts';
import { feedEnd, feedPiece } from '../../../../shared/cloudtrail/rows/feed.ts';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import { skipRows } from '../../../../shared/pipeline/rows/skipRows.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import { announce, bucket, keyOf, lineRows, logFile, World } from '../fakes.ts';

const context = { sourceObject: 'test', fallbackTime: '2026-11-01T00:00:00Z' };

describe('skipRows', () => {
  it('leaves out the rows it is told and no others, wherever pieces and bodies end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(45), fc.nat(12)), { maxLength: 4 }),
        fc.integer({ min: 60, max: 200 }),
        fc.integer({ min: 1, max: 80 }),
        (widths, runs, limit, pieceBytes) => {
          const skipped = new RowRanges();
          for (const [from, rows] of runs) skipped.add(from, from + rows);
          const lines = widths.map((width, n) => `{"n":${n},"p":"${'x'.repeat(width)}"}`);
          const stream = skipRows(lineRows(context), skipped, limit);
          const bytes = Buffer.from(`${lines.map((line) => `${line}\n`).join('')}.\n`);
          const bodies: RowBody[] = [];
          const open = (): RowBody => {
            const body = openBody(limit);
            bodies.push(body);
            return body;
          };
          let body = open();
          for (let from = 0; from < bytes.length; from += pieceBytes) {
            const piece = bytes.subarray(from, from + pieceBytes);
            for (const _ of feedPiece(stream, piece, () => body)) body = open();
          }
          for (const _ of feedEnd(stream, () => body)) body = open();
          const written = bodies
            .map((closed) => Buffer.from(closed.bytes.subarray(1, closed.length)).toString())
            .join('');
          const wanted = lines.filter((_, n) => !skipped.has(n)).map((line) => `${line},`);
          expect(written).toBe(wanted.join(''));
          expect(bodies.reduce((sum, closed) => sum + closed.rows, 0)).toBe(wanted.length);
          expect(stream.counts.records).toBe(lines.length);
          expect(stream.stubs).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('skipRows: content that breaks', () => {
  it('gives the rows before the break, also those of a gap, and tells of the break then', () => {
    const skipped = new RowRanges();
    skipped.add(0, 2);
    skipped.add(4, 90);
    const stream = skipRows(lineRows(context), skipped, 40);
    const bodies: string[] = [];
    let body = openBody(16);
    const close = () => {
      bodies.push(Buffer.from(body.bytes.subarray(1, body.length)).toString());
      body = openBody(16);
    };
    const text = `${[0, 1, 2, 3, 4].map((n) => `{"row":${n}}\n`).join('')}!\n`;
    expect(() => {
      for (const _ of feedPiece(stream, Buffer.from(text), () => body)) close();
    }).toThrow(ConnectorError);
    close();
    expect(bodies.join('')).toBe('{"row":2},{"row":3},');
  });
});

describe('drain: a large object whose download breaks', () => {
  // Large objects are inflated by other threads, which the clock of these tests does not wait for.
  const endless = { sliceMs: 100_000_000, batchBytes: 50_000 };

  it('is read again, and every row is uploaded once', async () => {
    const world = new World({ settings: endless });
    const rows = Array.from({ length: 2000 }, (_, n) => `{"n":${n},"p":"${randomBytes(1_000).toString('base64')}"}`);
    const file = logFile(rows);
    expect(file.length).toBeGreaterThan(1_900_000);
    world.store.objects.set(`${bucket}/${keyOf('large')}`, file);
    world.store.cutAfter = (_object, attempt) => [1_350_000, 1_700_000][attempt - 1];
    world.queue.send('m', announce(keyOf('large')));
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesDeleted: 1, objectsAccepted: 1, rowsAccepted: 2000, identityHolds: true });
    expect(summary.recordsSuppressed).toBeGreaterThan(100);
    expect(world.rule.accepted.map((row) => (JSON.parse(row) as { n: number }).n).sort((a, b) => a - b)).toEqual(
      rows.map((_, n) => n),
    );
  });

  it('is begun anew when it was replaced meanwhile, and no row of the new content is left out', async () => {
    const world = new World({ settings: endless });
    const filler = () => randomBytes(1_000).toString('base64');
    const rowsNamed = (name: string) =>
      Array.from({ length: 2000 }, (_, n) => `{"n":"${name}-${n}","p":"${filler()}"}`);
    const place = `${bucket}/${keyOf('large')}`;
    world.store.objects.set(place, logFile(rowsNamed('old')));
    world.store.cutAfter = (_object, attempt) => (attempt === 1 ? 1_350_000 : undefined);
    world.store.fault = (object, attempt) => {
      if (attempt === 2) {
        world.store.objects.set(place, logFile(rowsNamed('new')));
        world.store.etags.set(object.key, '"another"');
      }
      return undefined;
    };
    world.queue.send('m', announce(keyOf('large')));

    expect(await world.drain()).toMatchObject({ messagesDeleted: 0, messagesReturned: 1, identityHolds: true });
    await world.clock.advance(40_000);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1, objectsAccepted: 1, identityHolds: true });

    const accepted = world.rule.accepted.map((row) => (JSON.parse(row) as { n: string }).n);
    const wanted = rowsNamed('new').map((row) => (JSON.parse(row) as { n: string }).n);
    expect(accepted.filter((n) => n.startsWith('new')).sort()).toEqual(wanted.sort());
  });
});
