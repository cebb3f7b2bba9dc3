import { openBody, type RowBody, rowAt } from '../../../../shared/cloudtrail/rows/body.ts';
import type { FeedResult } from '../../../../shared/cloudtrail/rows/engine.ts';
import type { ObjectRows } from '../../../../shared/pipeline/rows/objectRows.ts';
import type { ReadParts } from '../../../../shared/pipeline/unit/read.ts';
import type { RowsOutcome } from '../../../../shared/pipeline/upload/outcome.ts';

/** Packs all rows into one body, and has them meet their fate at once, if one is told. */
export function onePacker(fate?: (row: number) => RowsOutcome) {
  const bytes = 10_000;
  const body = openBody(bytes, Buffer.alloc(bytes));
  const pack = (rows: ObjectRows, feed: (body: RowBody) => FeedResult): void => {
    const before = body.rows;
    try {
      feed(body);
    } finally {
      const first = rows.write(body.rows - before);
      if (fate !== undefined) for (let row = first; row < rows.written; row++) rows.settle(row, 1, fate(row));
    }
  };
  const packer: ReadParts['packer'] = {
    admit: async () => () => undefined,
    write: async (piece, stream, rows) => pack(rows, (open) => stream.feed(piece, open)),
    end: async (stream, rows) => pack(rows, (open) => stream.end(open)),
  };
  const rows = () =>
    Array.from({ length: body.rows }, (_, row) => Buffer.from(rowAt(body, row)).toString().replace(/,$/, ''));
  return { packer, rows };
}
