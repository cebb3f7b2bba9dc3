import type { FeedResult, RowBody, RowStream } from '../../cloudtrail/rows/engine.ts';
import type { RowRanges } from '../../kit/ranges.ts';
import { rowSeparators } from '../upload/batch.ts';

/**
 * A row stream of which some rows are thrown away, because an earlier reading of the same content has written them.
 */
export function skipRows(stream: RowStream, skipped: RowRanges, limit: number): RowStream {
  if (skipped.count === 0) return stream;
  const scratch: RowBody = { bytes: Buffer.allocUnsafeSlow(limit), length: 1, rows: 0, limit };
  scratch.bytes[0] = 0x5b;
  let position = 0;
  let pending: Uint8Array[] = [];
  let last: FeedResult = 'fed';
  /** Where the content breaks; told once the rows before it are poured. */
  let broken: { readonly error: unknown } | undefined;

  const fillScratch = (feed: () => FeedResult): void => {
    try {
      last = feed();
    } catch (error) {
      broken = { error };
      last = 'fed';
    }
    const all = rowsOf(scratch);
    if (last === 'body-full' && all.length === 0) throw new RangeError(`a row is longer than a body of ${limit} bytes`);
    pending = all.filter((_, index) => !skipped.has(position + index));
    position += all.length;
  };
  const pour = (body: RowBody): FeedResult => {
    for (;;) {
      while (pending[0] !== undefined) {
        if (!append(pending[0], body)) return 'body-full';
        pending.shift();
      }
      if (broken !== undefined) throw broken.error;
      scratch.length = 1;
      scratch.rows = 0;
      if (last === 'fed') return 'fed';
      if (position >= skipped.end) {
        last = stream.resume(body);
        return last;
      }
      fillScratch(() => stream.resume(scratch));
    }
  };

  return {
    feed(piece, body) {
      if (position >= skipped.end && pending.length === 0) {
        last = stream.feed(piece, body);
        return last;
      }
      fillScratch(() => stream.feed(piece, scratch));
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
