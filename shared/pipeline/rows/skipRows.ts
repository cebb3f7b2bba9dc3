import { appendRow, emptied, openBody, type RowBody, rowAt } from '../../cloudtrail/rows/body.ts';
import type { FeedResult, RowStream } from '../../cloudtrail/rows/engine.ts';
import type { RowRanges } from '../../kit/ranges.ts';

/**
 * A row stream of which some rows are thrown away, because an earlier reading of the same content has written them.
 */
export function skipRows(stream: RowStream, skipped: RowRanges, limit: number): RowStream {
  if (skipped.count === 0) return stream;
  const scratch = openBody(limit, Buffer.allocUnsafeSlow(limit));
  /** Rows of earlier scratches, and rows of this one that are poured or thrown away. */
  let position = 0;
  let poured = 0;
  let last: FeedResult = 'fed';
  /** Where the content breaks; told once the rows before it are poured. */
  let broken: { readonly error: unknown } | undefined;

  const fillScratch = (feed: (body: RowBody) => FeedResult): void => {
    try {
      last = feed(scratch);
    } catch (error) {
      broken = { error };
      last = 'fed';
    }
    if (last === 'body-full' && scratch.rows === 0)
      throw new RangeError(`a row is longer than a body of ${limit} bytes`);
  };
  const pour = (body: RowBody): FeedResult => {
    for (;;) {
      for (; poured < scratch.rows; poured++) {
        if (!skipped.has(position + poured) && !copyRow(scratch, poured, body)) return 'body-full';
      }
      if (broken !== undefined) throw broken.error;
      position += scratch.rows;
      poured = 0;
      emptied(scratch);
      if (last === 'fed') return 'fed';
      if (position >= skipped.end) {
        last = stream.resume(body);
        return last;
      }
      fillScratch((empty) => stream.resume(empty));
    }
  };
  const pass = (body: RowBody, feed: (body: RowBody) => FeedResult): FeedResult => {
    if (position >= skipped.end && scratch.rows === 0) {
      last = feed(body);
      return last;
    }
    fillScratch(feed);
    return pour(body);
  };

  return {
    feed: (piece, body) => pass(body, (open) => stream.feed(piece, open)),
    resume: (body) => pour(body),
    end: (body) => pass(body, (open) => stream.end(open)),
    get counts() {
      return stream.counts;
    },
    get stubs() {
      return stream.stubs;
    },
  };
}

function copyRow(from: RowBody, row: number, to: RowBody): boolean {
  const { marks } = from;
  const start = marks.start(row);
  const within = (place: number): number => (place === 0 ? 0 : place - start);
  return appendRow(to, rowAt(from, row), {
    idStart: within(marks.idStart(row)),
    idEnd: within(marks.idEnd(row)),
    timeStart: within(marks.timeStart(row)),
  });
}
