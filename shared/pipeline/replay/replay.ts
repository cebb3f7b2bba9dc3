import type { OpenRowStream } from '../../cloudtrail/rows/engine.ts';
import type { FailureReport } from '../../words/events.ts';
import { reportOf } from '../../words/failure.ts';
import { memoryCircuits } from '../circuits/memoryCircuits.ts';
import { drain } from '../drain/drain.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import type { DrainPorts } from '../ports/ports.ts';
import type { Announcement } from '../ports/source.ts';
import type { Unit } from '../ports/unit.ts';
import { replayLedger } from './ledger.ts';
import { outcomeOf, type ReplayedEntries, type ReplayedEntry, type ReplayOutcome } from './outcome.ts';
import { reread } from './reread.ts';
import { ReplaySource } from './source.ts';

export interface ReplayRequest {
  /** Entries of the one source that the ports are for. */
  readonly ids: readonly string[];
  /** Sends units once more that were accepted before. */
  readonly again: boolean;
}

/** The world of a drain, with failed entries in place of its source and circuits of its own. */
export interface ReplayPorts extends Omit<DrainPorts, 'circuits' | 'onSettled' | 'source'> {
  readonly entries: ReplayedEntries;
  /** What the source that wrote an entry reads in the body it kept. */
  readonly announcementIn: (body: string) => Announcement;
  /** The unit that an entry of stubs names. */
  readonly unitNamed: (name: { readonly bucket: string; readonly key: string }) => Unit;
}

/**
 * Puts failed entries through the live path: the drain itself, with them as its source. An entry is closed once everything
 * it announces was accepted; one that fails again is kept, and the attempt counted. The first failure of the pipeline ends
 * it, since a person waits. Answers each entry, in the order asked.
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
  const unavailable = (error: unknown): void => {
    because ??= reportOf(error);
    stopped.abort();
  };
  const ledger = replayLedger(ports.ledger, { again, unavailable });
  const failedEntries: DrainPorts['failedEntries'] = {
    recordDelivery: (...entry) => strictly(() => ports.failedEntries.recordDelivery(...entry), unavailable),
  };
  const source = new ReplaySource({
    name: settings.source,
    entries: ports.entries,
    ids,
    clock: ports.clock,
    again,
    announcement: (entry) => announcedBy(entry, ports),
    reread: (entry) => readAgain(entry, ports, settings, openRows, signal),
    stubsOf: (entry) => stubsAgain(entry, ledger.acceptedNow),
  });
  const until = AbortSignal.any([signal, stopped.signal]);
  // What fails here goes back to nobody's queue, so there is no bound on how much may.
  const bounds = { ...settings, messagesBackedOff: Number.POSITIVE_INFINITY, endsWhenBlocked: true };
  const world = { ...ports, source, ledger, failedEntries, report: withoutOutcomes(ports.report) };
  for (let settled = -1; ; ) {
    const summary = await drain({ ...world, circuits: memoryCircuits() }, bounds, openRows, until);
    because ??= summary.failure;
    source.returnAll(sliceEnded);
    const settledNow = countSettled(source.outcomes.values());
    if (because !== undefined || until.aborted || settledNow <= settled || !source.startOver(mayMeetAgain)) break;
    settled = settledNow;
  }
  const outcomes = await judged(source, ids, because, ports.entries);
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

/** A drain goes on without its storage and says so; a replay is told, and ends. */
async function strictly<Answer>(act: () => Promise<Answer>, unavailable: (error: unknown) => void): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    unavailable(error);
    throw error;
  }
}

/** What the outcomes of entries tell is not told twice. */
function withoutOutcomes(report: DrainPorts['report']): DrainPorts['report'] {
  const answered = new Set<string>([
    'circuit-closed',
    'circuit-opened',
    'circuit-probed',
    'ledger-unavailable',
    'message-kept',
    'message-returned',
    'object-failed',
  ]);
  return (event) => {
    if (!answered.has(event.type)) report(event);
  };
}

/** Entries of stubs have no message: their unit is named, and sent again as it is. */
function announcedBy({ body, bucket, key }: ReplayedEntry, ports: ReplayPorts): Announcement | undefined {
  if (body !== undefined) return ports.announcementIn(body);
  if (bucket === undefined || key === undefined) return undefined;
  return { units: [{ fate: 'ingest', unit: ports.unitNamed({ bucket, key }) }], faults: [], nothing: [] };
}

function stubsAgain(
  { id, bucket, key, stubCount }: ReplayedEntry,
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
  source: ReplaySource,
  ids: readonly string[],
  because: FailureReport | undefined,
  entries: ReplayedEntries,
): Promise<ReadonlyMap<string, ReplayOutcome>> {
  const ended = because ?? sliceEnded;
  const outcomes = new Map<string, ReplayOutcome>();
  for (const id of ids) {
    const outcome = source.outcomes.get(id) ?? { kind: 'left', id, failure: ended };
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

async function readAgain(
  { id, bucket = '', key = '' }: ReplayedEntry,
  { clock, random, unitNamed }: ReplayPorts,
  settings: DrainSettings,
  openRows: OpenRowStream,
  signal: AbortSignal,
): Promise<ReplayOutcome> {
  try {
    const read = await reread(unitNamed({ bucket, key }), { clock, random, settings, openRows }, signal);
    return { kind: 'read', id, ...read, rows: 0 };
  } catch (error) {
    return outcomeOf(id, reportOf(error));
  }
}
