import { type PlainLogFile, plainLogFile } from '../../local/trail/plainLogFile.ts';
import { createRandom } from '../../local/trail/random.ts';

/** A log file with one record. */
export interface TinyObject extends PlainLogFile {
  readonly eventId: string;
}

/** So many log files of one record each; equal arguments give equal files. */
export function* tinyObjects(seed: string, count: number, now: number): Generator<TinyObject> {
  const random = createRandom(`scale/${seed}`);
  for (let index = 0; index < count; index++) {
    const eventId = random.uuid();
    yield { ...plainLogFile([eventId], now, random), eventId };
  }
}
