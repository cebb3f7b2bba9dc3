import { gunzipSync } from 'node:zlib';
import type { Destination } from '../ports/destination.ts';
import type { Batch } from './batch.ts';

/** Of each rule one row that it has accepted, for as long as the process keeps the rule: the shortest of a body. */
const rows = new WeakMap<Destination, Uint8Array>();

/** Looks into the first accepted body of a rule only: inflating each would cost as much as its rows did. */
export function rememberAccepted(destination: Destination, { body, rowEnds }: Batch): void {
  if (rows.has(destination) || rowEnds.length === 0) return;
  let from = 1;
  let shortest = { from, end: rowEnds[0] ?? from };
  for (const end of rowEnds) {
    if (end - from < shortest.end - shortest.from) shortest = { from, end };
    from = end;
  }
  const row = gunzipSync(body.gzipped).subarray(shortest.from, shortest.end - 1);
  rows.set(destination, Buffer.concat([Buffer.from('['), row, Buffer.from(']')]));
}

/** The text of a body of that row alone; undefined when this process has seen none accepted. */
export function knownRow(destination: Destination): Uint8Array | undefined {
  return rows.get(destination);
}
