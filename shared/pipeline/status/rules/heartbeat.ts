import { durationText } from '../duration.ts';
import type { Observed } from '../observed.ts';
import type { Reason } from '../reason.ts';

/** Whether anybody drains the source, as far as storage tells. */
export function heartbeatReasons({ circuits = [], now, staleAfterMs, status, unknown }: Observed): readonly Reason[] {
  if (unknown !== undefined) return [notKnown(unknown)];
  if (status === undefined) {
    // Whoever opened it is in its first slice, and the circuit is the better reason.
    if (circuits.some(({ name }) => name.kind !== 'bucket')) return [];
    const remedy =
      'Wait for the next tick of DRAIN_SCHEDULE; if nothing changes, open the invocations of drainOnSchedule: the newest one says why it failed.';
    return [{ colour: 'red', code: 'never-ran', says: 'No slice of this source has ever ended.', remedy }];
  }
  const age = now - status.endedAt;
  if (age <= staleAfterMs) return [];
  return [
    {
      colour: 'red',
      code: 'heartbeat-stale',
      says: `The last slice ended ${durationText(age)} ago: nothing drains this source.`,
      remedy:
        'Check that the function app runs and that drainOnSchedule is enabled, then open its newest invocation; starting the app again is safe at any time.',
    },
  ];
}

function notKnown({ message, remedy }: NonNullable<Observed['unknown']>): Reason {
  const fallback = 'Check that the app reaches its storage account: network, private endpoints, and its roles on it.';
  const isMissing = message.startsWith('AzureWebJobsStorage');
  const code = isMissing ? 'storage-missing' : 'storage-unavailable';
  return { colour: 'red', code, says: `How this source is, is not known: ${message}.`, remedy: remedy ?? fallback };
}
