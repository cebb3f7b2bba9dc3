import type { OpenRowStream } from '../../cloudtrail/rows/engine.ts';
import type { ConnectorEvent, FailureReport } from '../../words/events.ts';
import { reportOf } from '../../words/failure.ts';
import { memoryCircuits } from '../circuits/memoryCircuits.ts';
import { drain } from '../drain/drain.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import type { DrainPorts } from '../ports/ports.ts';
import { replayLedger } from './ledger.ts';
import { outcomeOf, type ReplayedEntries, type ReplayedEntry, type ReplayOutcome } from './outcome.ts';
import { ReplayQueue } from './queue.ts';
import { rereadObject } from './rereadObject.ts';

export interface ReplayRequest {
  /** Entries of the one source that the ports are for. */
  readonly ids: readonly string[];
  /** Sends objects once more that were accepted before. */
  readonly again: boolean;
}

/** The world of a drain, with failed entries in place of its queue and circuits of its own. */
export interface ReplayPorts extends Omit<DrainPorts, 'queue' | 'circuits'> {
  readonly entries: ReplayedEntries;
}

/**
 * Puts failed entries through the live path: the drain itself, over a queue that serves them. An entry is closed once
 * everything its message announces was accepted; one that fails again is kept, and the attempt counted. The first failure
 * of the pipeline ends it, since a person waits. Answers each entry, in the order asked.
 */
export async function replay(
  ports: ReplayPorts,
  settings: DrainSettings,
  openRows: OpenRowStream,
  { ids, again }: ReplayRequest,
  signal: AbortSignal,
): Promise<readonly ReplayOutcome[]> {
  const stopped = new AbortController();
  let because: FailureReport | undefined;
  const stop = (failure: FailureReport): void => {
    because ??= failure;
    stopped.abort();
  };
  const ledger = replayLedger(ports.ledger, {
    again,
    original: (evidence) => queue.original(evidence),
    unavailable: (error) => stop(reportOf(error)),
  });
  const queue = new ReplayQueue({
    entries: ports.entries,
    ids,
    clock: ports.clock,
    again,
    reread: (entry) => reread(entry, ports, settings, openRows, signal),
    stubsOf: (entry) => stubsAgain(entry, ledger.acceptedNow),
  });
  const failedEntries: DrainPorts['failedEntries'] = {
    recordDelivery: (source, evidence, failure) =>
      ports.failedEntries.recordDelivery(source, queue.original(evidence), failure),
  };
  const report = translate(ports, queue, stop);
  const until = AbortSignal.any([signal, stopped.signal]);
  // What fails here goes back to nobody's queue, so there is no bound on how much may.
  const bounds = { ...settings, messagesBackedOff: Number.POSITIVE_INFINITY };
  for (let settled = -1; ; ) {
    await drain(
      { ...ports, queue, ledger, failedEntries, circuits: memoryCircuits(), report },
      bounds,
      openRows,
      until,
    );
    queue.returnAll(sliceEnded);
    const settledNow = countSettled(queue.outcomes.values());
    if (until.aborted || settledNow <= settled || !queue.startOver(mayMeetAgain)) break;
    settled = settledNow;
  }
  const outcomes = await judged(queue, ids, because, ports.entries);
  return ids.flatMap((id) => outcomes.get(id) ?? []);
}

const sliceEnded: FailureReport = { code: 'slice-ended', owner: 'nobody', message: 'the replay ended before' };

/** Ends of a pass that prove nothing: the next one may fare better. */
function mayMeetAgain({ code }: FailureReport): boolean {
  return code === 'claim-held' || code === 'slice-ended';
}

function countSettled(outcomes: Iterable<ReplayOutcome>): number {
  return [...outcomes].filter(({ kind }) => kind !== 'left').length;
}

/** Events of the drain become the outcomes of entries; what concerns neither goes on to be told. */
function translate(
  { destinations, report }: ReplayPorts,
  queue: ReplayQueue,
  stop: (failure: FailureReport) => void,
): (event: ConnectorEvent) => void {
  const openRules = new Set<string>();
  return (event) => {
    switch (event.type) {
      case 'message-returned':
        return queue.returned(event.messageId, event.failure);
      case 'message-kept':
        return queue.returned(event.messageId, {
          code: 'bug',
          owner: 'pipeline',
          message: `its entry was not closed: ${event.refused}`,
        });
      case 'ledger-unavailable':
        return stop(event.failure);
      case 'circuit-opened': {
        if (event.circuit.startsWith('rule/')) openRules.add(event.circuit);
        if (event.circuit === 'source' || openRules.size === destinations.length) stop(event.failure);
        return;
      }
      case 'circuit-closed':
        openRules.delete(event.circuit);
        return;
      case 'object-failed':
      case 'circuit-probed':
        return;
      default:
        report(event);
    }
  };
}

function stubsAgain(
  { id, bucket, key, stubCount }: Omit<ReplayedEntry, 'body'>,
  acceptedNow: ReturnType<typeof replayLedger>['acceptedNow'],
): (ReplayOutcome & { kind: 'read' }) | undefined {
  if (stubCount === 0 || bucket === undefined || key === undefined) return undefined;
  const accepted = acceptedNow({ scope: bucket, name: key });
  if (accepted === undefined || accepted.stubs.length === 0) return undefined;
  const { rows, stubs } = accepted;
  return { kind: 'read', id, records: rows, rows, stubs };
}

/** The last word on each entry: who ended the replay, and what the ledger closed by itself. */
async function judged(
  queue: ReplayQueue,
  ids: readonly string[],
  because: FailureReport | undefined,
  entries: ReplayedEntries,
): Promise<ReadonlyMap<string, ReplayOutcome>> {
  const ended = because ?? sliceEnded;
  const outcomes = new Map<string, ReplayOutcome>();
  for (const id of ids) {
    const outcome = queue.outcomes.get(id) ?? { kind: 'left', id, failure: ended };
    const isBystander = outcome.kind === 'left' && outcome.failure.owner === 'nobody';
    if (because !== undefined && isBystander) outcomes.set(id, { kind: 'left', id, failure: because });
    else if (outcome.kind !== 'failed') outcomes.set(id, outcome);
    else outcomes.set(id, (await deliveredBeside(id, entries)) ?? outcome);
  }
  return outcomes;
}

/** Where a message announces several objects, the ledger has closed the entries of those that were accepted. */
async function deliveredBeside(id: string, entries: ReplayedEntries): Promise<ReplayOutcome | undefined> {
  try {
    const entry = await entries.readFailed(id);
    if (entry?.state !== 'delivered') return undefined;
    return { kind: 'delivered', id, rows: 0, accepted: 1, suppressed: 0, skipped: 0 };
  } catch {
    // It keeps the failure it has, which is true of its message.
    return undefined;
  }
}

async function reread(
  { id, bucket, key }: ReplayedEntry,
  ports: ReplayPorts,
  settings: DrainSettings,
  openRows: OpenRowStream,
  signal: AbortSignal,
): Promise<ReplayOutcome> {
  try {
    const object = { bucket: bucket ?? '', key: key ?? '' };
    return { kind: 'read', id, ...(await rereadObject(object, ports, settings, openRows, signal)), rows: 0 };
  } catch (error) {
    return outcomeOf(id, reportOf(error));
  }
}
