import { emptied, openBody, type RowBody } from '../../shared/cloudtrail/rows/body.ts';
import { openByteRowStream } from '../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import type { JudgeRecord } from '../../shared/cloudtrail/rows/engine.ts';
import { readFile } from './readFile.ts';

/** Records that one selector drops, and the bytes of the rows that they would have been: what is billed. */
export interface Weight {
  records: number;
  bytes: number;
}

/** By the selectors' numbers: what they drop; the first is what is kept. */
export type Weights = readonly Weight[];

export function noWeights(selectors: number): Weights {
  return Array.from({ length: selectors + 1 }, () => ({ records: 0, bytes: 0 }));
}

const bodyBytes = 1_000_000;

/** Adds what one file holds. Nothing is dropped, so that every row can be weighed. @throws as readFile */
export async function weighFile(
  file: string,
  stdin: AsyncIterable<Uint8Array>,
  judge: JudgeRecord,
  weights: Weights,
): Promise<void> {
  const body = openBody(bodyBytes);
  /** Selectors of records by the places that their rows are to have in the body. */
  const dropped = new Map<number, number>();
  const open = openByteRowStream({
    // The byte engine asks once for each record, when all rows before it are written.
    judge: (record) => {
      const selector = judge(record);
      if (selector > 0) dropped.set(body.rows, selector);
      return 0;
    },
  });
  const reading = readFile(file, stdin, open, body);
  try {
    while ((await reading.next()).done !== true) weighBody(body, dropped, weights);
  } finally {
    weighBody(body, dropped, weights);
  }
}

function weighBody(body: RowBody, dropped: Map<number, number>, weights: Weights): void {
  for (let row = 0; row < body.rows; row++) {
    const weight = weights[dropped.get(row) ?? 0];
    if (weight === undefined) throw new RangeError('a selector has a number that nobody gave it');
    weight.records += 1;
    weight.bytes += body.marks.end(row) - body.marks.start(row);
  }
  // The row that had no room comes first in the next body.
  const waiting = dropped.get(body.rows);
  dropped.clear();
  if (waiting !== undefined) dropped.set(0, waiting);
  emptied(body);
}
