import type { Fed } from '../feed/feed.ts';
import type { Outstanding } from '../run/outstanding.ts';
import { bytes, count } from './format.ts';

/** What a run is doing; while it drains there is something to count. */
export type Phase = 'starting the embedded clouds' | 'starting the functions' | 'draining' | 'ending';

/** One line about how far a run is. */
export function progressLine(phase: Phase, seconds: number, fed: Fed, outstanding: Outstanding, rows: number): string {
  if (phase !== 'draining') return `  ${phase}, ${seconds} s`;
  const done = fed.messages - outstanding.messages;
  const share = fed.done && fed.messages > 0 ? `${Math.floor((100 * done) / fed.messages)} %  ` : '';
  const soFar = fed.done ? '' : ' so far';
  return `  ${share}${count(done)} of ${count(fed.messages)} announced messages${soFar} done, ${count(rows)} rows, ${bytes(fed.bytes)} put, ${seconds} s`;
}
