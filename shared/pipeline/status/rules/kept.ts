import type { Observed } from '../observed.ts';
import type { Reason } from '../reason.ts';

/** What could not be delivered and is kept: nothing is lost, and it does not arrive by itself. */
export function keptReasons({ kept, source }: Observed): readonly Reason[] {
  if (kept === undefined || kept.count === 0) return [];
  const { count, isMore, latest } = kept;
  const [newest] = latest;
  const why = newest === undefined ? '' : ` The latest: ${newest.reason}, ${newest.message}`;
  const many = isMore ? `More than ${count} messages are` : count === 1 ? 'One message is' : `${count} messages are`;
  const mend = newest?.remedy === undefined ? '' : `${newest.remedy} `;
  return [
    {
      colour: 'amber',
      code: 'failed-entries',
      says: `${many} kept as failed entries, in part or whole undelivered.${why}`,
      remedy: `${mend}Then: npm run replay -- --list --source ${source}, and --replay ID; --close ID when nothing is to be done.`,
    },
  ];
}
