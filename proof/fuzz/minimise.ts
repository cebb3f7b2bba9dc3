import type { FuzzCase } from './fuzzCase.ts';

/** A smaller case that still fails, found within the given time: fewer bytes first, then a simpler way of feeding. */
export function minimise(input: FuzzCase, fails: (input: FuzzCase) => boolean, milliseconds = 10_000): FuzzCase {
  const until = performance.now() + milliseconds;
  let smallest = input;
  const attempt = (candidate: FuzzCase) => {
    if (performance.now() > until || !fails(candidate)) return false;
    smallest = candidate;
    return true;
  };
  for (const pieces of [[1 << 20], [1], [64]]) if (attempt({ ...smallest, pieces })) break;
  attempt({ ...smallest, limit: 1_000_000 });
  attempt({ ...smallest, bounds: 'usual' });
  for (let before = -1; before !== smallest.log.length; ) {
    before = smallest.log.length;
    for (const length of lengthsBelow(before)) {
      for (let at = 0; at < smallest.log.length && performance.now() < until; ) {
        if (!attempt({ ...smallest, log: without(smallest.log, at, length) })) at += Math.max(1, length >> 2);
      }
    }
  }
  return smallest;
}

/** Halves, then every small length: members come and go whole only when their length is met. */
function lengthsBelow(total: number): number[] {
  const halves: number[] = [];
  for (let length = total >> 1; length > 24; length >>= 1) halves.push(length);
  return [...halves, ...Array.from({ length: 24 }, (_, index) => 24 - index)];
}

function without(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
}
