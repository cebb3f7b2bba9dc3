import type { Disturbance, Timeline } from './timeline.ts';

/** The simulated time ended well: no message outlived the queue's retention, and a disturbance was caught up with. */
export function endedWell(
  { catchUpSeconds, expired }: Pick<Timeline, 'catchUpSeconds' | 'expired'>,
  disturbance: Disturbance | undefined,
): boolean {
  return expired === 0 && (disturbance === undefined || catchUpSeconds !== undefined);
}
