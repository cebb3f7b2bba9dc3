import type { KeptEntries } from '../../azure/failedEntries/entries.ts';
import type { KeptFailures, Observed } from '../../pipeline/status/observed.ts';
import { longestPauseMs } from '../../settings/schedule.ts';
import type { Settings } from '../../settings/settings.ts';
import { reportOf } from '../../words/failure.ts';
import type { SourceState } from '../state.ts';

/** Failed entries are counted up to here: whoever has more needs no exact number. */
const mostCounted = 1_000;
const mostShown = 5;

/** A tick may be late, and an app may be started anew. */
const graceMs = 5 * 60_000;

/** A slice may take as long as it may, and one may be missed. */
export function staleAfterMs({ drainSchedule, tuning }: Settings, now: number): number {
  return longestPauseMs(drainSchedule, now) + tuning.sliceMs + graceMs;
}

/** What storage tells of a source. Never rejects: that it does not answer is what is told then. */
export async function observe(source: string, state: SourceState, settings: Settings): Promise<Observed> {
  const { circuits, entries, status: store } = state;
  const about = (now: number) => ({ source, now, staleAfterMs: staleAfterMs(settings, now) });
  if (store === undefined || entries === undefined) {
    return { ...about(state.now()), unknown: { message: 'AzureWebJobsStorage is missing, and nothing is kept' } };
  }
  try {
    const [status, { open }, kept] = await Promise.all([store.load(), circuits.load(), keptFailures(entries, source)]);
    return { ...about(state.now()), ...(status === undefined ? {} : { status }), circuits: open, kept };
  } catch (error) {
    const { message, remedy } = reportOf(error);
    return { ...about(state.now()), unknown: { message, ...(remedy === undefined ? {} : { remedy }) } };
  }
}

async function keptFailures(entries: KeptEntries, source: string): Promise<KeptFailures> {
  const found: KeptFailures['latest'][number][] = [];
  let isMore = false;
  for await (const { id, lastAt, message, reason, remedy } of entries.listFailed({ source })) {
    if (found.length === mostCounted) {
      isMore = true;
      break;
    }
    found.push({ id, lastAt, message, reason, ...(remedy === undefined ? {} : { remedy }) });
  }
  const latest = found.sort((one, other) => other.lastAt - one.lastAt).slice(0, mostShown);
  return { count: found.length, isMore, latest };
}
