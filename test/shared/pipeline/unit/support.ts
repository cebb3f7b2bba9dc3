import type { ObjectStore } from '../../../../shared/pipeline/ports/objects.ts';
import type { Unit, UnitContent } from '../../../../shared/pipeline/ports/unit.ts';
import { unitOf } from '../../../../shared/pipeline/unit/logFile.ts';
import { bucket, keyOf } from '../fakes.ts';

/** Where a test reads nothing. */
export const neverOpened: ObjectStore = {
  open: async ({ key }) => {
    throw new Error(`${key} is not to be opened`);
  },
};

/** A log file delivered on 1 November 2026 at 00:05, of which a test says what opening it brings. */
export function unitWith(over: Partial<Unit> = {}): Unit {
  const key = keyOf('a');
  const at = { bucket, key };
  const open = () => neverOpened.open(at, new AbortController().signal) as Promise<never>;
  return { ...unitOf(at), title: `s3://${bucket}/${key}`, at, places: 1, open, ...over };
}

/** Text is stored as it is, bytes are gzip. */
export function contentOf(stored: string | Uint8Array, over: Partial<UnitContent> = {}): UnitContent {
  const isText = typeof stored === 'string';
  return {
    found: { sourceObject: 'a' },
    etag: '"e1"',
    encoding: isText ? 'plain' : 'gzip',
    chunks: chunksOf(isText ? Buffer.from(stored) : stored),
    close: () => undefined,
    ...over,
  };
}

/** These chunks, and then an error if there is one. */
export async function* chunksOf(...chunks: readonly (Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield chunk;
  }
}
