import { app, type InvocationContext, type Timer } from '@azure/functions';
import type { SliceSummary } from '../shared/words/events.ts';
import { connectorOf } from './app/connector.ts';
import { shutdown } from './app/processShutdown.ts';
import { drainTimer } from './app/schedule.ts';

/**
 * One slice of every source; each source's summary is one line. The invocation fails when a source could not do its
 * work (its circuit is open, it broke down, or its counts do not add up), so that Azure's own failure count and alerts
 * see it. It does not fail for objects or messages that failed for themselves: those are error lines, stay in the queue
 * and end in the dead-letter queue, which has an alarm of its own; ten receives of one broken file would otherwise make
 * ten failed invocations, and an alert that is always red is read by nobody. A shutdown is no failure either.
 */
export async function drainOnSchedule(_timer: Timer, context: InvocationContext): Promise<void> {
  const summaries = await shutdown.run(async (signal) => {
    const connector = connectorOf(process.env, context);
    const drained = new AbortController();
    const posting = connector.keepPostingTickets(drained.signal, context);
    try {
      return await connector.drainAll(signal, context);
    } finally {
      drained.abort();
      await posting;
    }
  });
  const failures = summaries.filter(couldNotWork);
  if (failures.length > 0) {
    throw new Error(`${failures.length} of ${summaries.length} sources could not do their work: ${tell(failures)}`);
  }
}

function couldNotWork({ ended, identityHolds }: SliceSummary): boolean {
  return ended === 'circuit-open' || ended === 'failed' || !identityHolds;
}

function tell(failures: readonly SliceSummary[]): string {
  return failures
    .map(({ source, ended, failure, identityHolds }) => {
      const why = identityHolds ? ended : 'its counts do not add up';
      const words = failure === undefined ? [] : [`${failure.code}: ${failure.message}`, failure.remedy];
      return [`${source} (${why})`, ...words].filter((part) => part !== undefined).join(' ');
    })
    .join('; ');
}

// Azure starts the app anew when a setting changes, and so reads the schedule again.
app.timer('drainOnSchedule', { ...drainTimer(process.env, console), handler: drainOnSchedule });
