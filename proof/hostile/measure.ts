import { emptied, openBody } from '../../shared/cloudtrail/rows/body.ts';
import { feedEnd, feedPiece } from '../../shared/cloudtrail/rows/feed.ts';
import { openWasmRowStream } from '../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { decompress } from '../../shared/gzip/decompress.ts';
import { nextTurn, turnIsLong } from '../../shared/kit/breath.ts';

export interface Measured {
  /** Of the content, or of the rows where they are longer. */
  readonly bytes: number;
  /** Of processor time, which a busy machine does not change much. */
  readonly megabytesPerSecond: number;
  /** The most processor time of this thread in one turn of the event loop. */
  readonly longestStallMs: number;
  readonly peakMegabytes: number;
  /** What ended the reading early, if anything. */
  readonly refused?: string;
}

const bodyBytes = 1_000_000;
const capBytes = 512 * 1024 * 1024;
const rounds = 3;

/** Reads a file as the pipeline does, several times: compiling is no part of what a file costs. */
export async function measureFile(file: Uint8Array): Promise<Measured> {
  const openRows = openWasmRowStream();
  const body = openBody(bodyBytes);
  return measure(async () => {
    const stream = openRows({ sourceObject: 'hostile', fallbackTime: '2026-11-01T00:00:00Z' });
    let bytes = 0;
    let rowBytes = 0;
    const empty = async () => {
      rowBytes += body.length;
      emptied(body);
      if (turnIsLong()) await nextTurn();
    };
    const open = () => body;
    try {
      for await (const piece of decompress(chunksOf(file), { capBytes })) {
        bytes += piece.length;
        for (const _ of feedPiece(stream, piece, open)) await empty();
      }
      for (const _ of feedEnd(stream, open)) await empty();
      return { bytes: Math.max(bytes, rowBytes + body.length) };
    } catch (error) {
      return { bytes: Math.max(bytes, file.length), refused: error instanceof Error ? error.message : String(error) };
    } finally {
      emptied(body);
    }
  });
}

/** A message is read in one go. */
export function measureMessage(read: (body: string) => unknown, body: string): Promise<Measured> {
  return measure(async () => {
    read(body);
    return { bytes: body.length };
  });
}

async function measure(once: () => Promise<{ bytes: number; refused?: string }>): Promise<Measured> {
  let best: Measured | undefined;
  for (let round = 0; round < rounds; round++) {
    const watch = new StallWatch();
    const before = process.threadCpuUsage();
    const done = await once();
    const { user, system } = process.threadCpuUsage(before);
    const longestStallMs = await watch.end();
    const megabytesPerSecond = done.bytes / Math.max(1, user + system);
    best = {
      ...done,
      megabytesPerSecond: Math.max(megabytesPerSecond, best?.megabytesPerSecond ?? 0),
      longestStallMs: Math.min(longestStallMs, best?.longestStallMs ?? Number.POSITIVE_INFINITY),
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
    };
  }
  if (best === undefined) throw new RangeError('nothing was measured');
  return best;
}

/** Looks at the thread's processor time in every turn of the event loop. */
class StallWatch {
  #longest = 0;
  #last = process.threadCpuUsage();
  #isOver = false;

  constructor() {
    setImmediate(() => this.#turn());
  }

  async end(): Promise<number> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#isOver = true;
    return this.#longest;
  }

  #turn(): void {
    const { user, system } = process.threadCpuUsage(this.#last);
    this.#last = process.threadCpuUsage();
    this.#longest = Math.max(this.#longest, (user + system) / 1000);
    if (!this.#isOver) setImmediate(() => this.#turn());
  }
}

async function* chunksOf(file: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += 65_536) yield file.subarray(at, at + 65_536);
}
