import { durationText } from '../duration.ts';
import type { Observed } from '../observed.ts';
import type { Reason } from '../reason.ts';

/** CloudTrail itself takes about five minutes; what waits for longer than this is late by our own doing. */
const lateMs = 15 * 60_000;
export const tooLateMs = 60 * 60_000;

/** A queue whose oldest message ages: events are missing from the workspace that happened long ago. */
export function queueReasons({ status }: Observed): readonly Reason[] {
  const { ended, oldestMessageMs = 0, waiting, inFlight = 0 } = status?.summary ?? {};
  if (oldestMessageMs < lateMs) return [];
  const backlog = waiting === undefined ? '' : ` ${waiting} messages wait and ${inFlight} are held.`;
  const remedy =
    ended === 'deadline'
      ? 'The app is catching up, or has too little room: raise MOST_DRAINERS, see "Events are late" in docs/operations.md.'
      : 'Look at the failed entries (npm run replay -- --list) and at the queue for messages that come again and again.';
  return [
    {
      colour: oldestMessageMs < tooLateMs ? 'amber' : 'red',
      code: 'messages-age',
      says: `The oldest message received had waited for ${durationText(oldestMessageMs)}.${backlog}`,
      remedy,
    },
  ];
}
