import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that a process cannot do without. */
export interface HeldBytes {
  /** In V8's heap: objects, strings. */
  readonly heap: number;
  /** Outside of it: what lies in buffers. */
  readonly buffers: number;
}

/** What is left of this process's memory once everything collectable is collected. */
export async function heldBytes(): Promise<HeldBytes> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a weak reference has been asked for lives until the turn ends, and what it held until the collection after that.
  for (let pass = 0; pass < 3; pass++) {
    collect();
    await turn();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}
