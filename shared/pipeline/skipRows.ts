import type { FeedResult, RowBody, RowStream } from '../cloudtrail/rowEngine.ts';
import { rowSeparators } from './batch.ts';
import type { RowRanges } from './rowRanges.ts';

/**
 * A row stream of which some rows are thrown away, because an earlier reading of the same object has written them. The
 * content of a log file never changes, so the rows of a second reading are those of the first.
 */
export function skipRows(stream: RowStream, skipped: RowRanges, limit: number): RowStream {
  if (skipped.count === 0) return stream;
  const scratch: RowBody = { bytes: Buffer.allocUnsafeSlow(limit), length: 1, rows: 0, limit };
  scratch.bytes[0] = 0x5b;
  let position = 0;
  let pending: Uint8Array[] = [];
  let last: FeedResult = 'fed';

  const takeScratch = (): void => {
    const all = rowsOf(scratch);
    pending = all.filter((_, index) => !skipped.has(position + index));
    position += all.length;
  };
  const pour = (body: RowBody): FeedResult => {
    for (;;) {
      while (pending[0] !== undefined) {
        if (!append(pending[0], body)) return 'body-full';
        pending.shift();
      }
      scratch.length = 1;
      scratch.rows = 0;
      if (last === 'fed') return 'fed';
      if (position >= skipped.end) {
        last = stream.resume(body);
        return last;
      }
      last = stream.resume(scratch);
      takeScratch();
    }
  };

  return {
    feed(piece, body) {
      if (position >= skipped.end && pending.length === 0) {
        last = stream.feed(piece, body);
        return last;
      }
      last = stream.feed(piece, scratch);
      takeScratch();
      return pour(body);
    },
    resume: (body) => pour(body),
    end: () => stream.end(),
    get counts() {
      return stream.counts;
    },
    get stubs() {
      return stream.stubs;
    },
  };
}

/** The rows of an open body, each with the comma after it. */
function rowsOf(body: RowBody): Uint8Array[] {
  const bytes = body.bytes.subarray(0, body.length);
  let from = 1;
  return rowSeparators(bytes).map((comma) => {
    const row = bytes.subarray(from, comma + 1);
    from = comma + 1;
    return row;
  });
}

/** The comma of the last row becomes the closing bracket. */
function append(row: Uint8Array, body: RowBody): boolean {
  if (body.length + row.length > body.limit) return false;
  body.bytes.set(row, body.length);
  body.length += row.length;
  body.rows += 1;
  return true;
}
