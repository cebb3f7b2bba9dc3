import type { OpenRowStream } from '../../cloudtrail/rows/engine.ts';
import { unlessOver } from '../../kit/unlessOver.ts';
import type { FailureReport, SliceEnd, SliceSummary } from '../../words/events.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import type { DrainPorts } from '../ports/ports.ts';
import { keepLeases } from '../unit/keepLeases.ts';
import { workRound } from './round.ts';
import { openSlice, type Slice } from './slice.ts';

/** Drains one source for one bounded slice. Never throws for anything that a source, a bucket or a rule can do. */
export async function drain(
  ports: DrainPorts,
  settings: DrainSettings,
  openRows: OpenRowStream,
  signal: AbortSignal,
): Promise<SliceSummary> {
  const slice = openSlice(ports, settings, openRows, signal);
  const { backlog, circuits, deadline, leases, source, tally, timer } = slice;
  const { clock } = ports;
  ports.report({ type: 'slice-started', source: ports.source.name });
  await unlessOver(circuits.load(), deadline.over);

  const done = new AbortController();
  const until = AbortSignal.any([done.signal, deadline.over]);
  const beside = Promise.allSettled([
    source.keepHeld(until),
    keepLeases(leases, { clock, everyMs: settings.heartbeatMs }, until),
    circuits.keepProbing(AbortSignal.any([until, deadline.stop])),
  ]);
  let ended: SliceEnd;
  try {
    ended = await workUntilTheEnd(slice);
    if (ended === 'queue-empty' && ports.random() < purgeShare) await purge(slice);
    // An idle slice pays for no question; while a rule takes nothing, what piles up is to be known.
    const isAsked = tally.hasReceived || circuits.blocking?.name.kind === 'rule';
    if (isAsked) await unlessOver(backlog.ask(), deadline.over);
    done.abort();
    await unlessOver(Promise.all([beside.then(throwBugs), circuits.stored()]), deadline.over);
  } finally {
    done.abort();
    deadline.cancel();
  }

  tally.heldBack = circuits.heldBack;
  tally.backlog = backlog.last;
  const summary = tally.summary(ports.source.name, ended, clock.now() - deadline.startedAt, timer.summary());
  ports.report({ type: 'slice-finished', summary });
  return summary;
}

/** Of the slices that find the source empty, so many tidy up: once an hour or so, at one slice a minute. */
const purgeShare = 1 / 60;

async function purge({ deadline, ledger, ports }: Slice): Promise<void> {
  await unlessOver(ledger.purgeExpired(ports.clock.now(), deadline.stop), deadline.over);
}

/** Round after round, with probing between; a slice that starts with an open circuit probes before it receives anything. */
async function workUntilTheEnd(slice: Slice): Promise<SliceEnd> {
  const { circuits, deadline, settings, tally } = slice;
  for (;;) {
    if (circuits.blocking !== undefined) {
      tally.failure ??= because(slice);
      if (settings.endsWhenBlocked) return 'circuit-open';
    }
    if (!(await circuits.untilUnblocked(deadline.receiveUntil, deadline.stop))) {
      if (deadline.isShutdown()) return 'shutdown';
      return circuits.blocking === undefined ? 'deadline' : 'circuit-open';
    }
    const ended = await workRound(slice);
    if (ended !== 'circuit-open') return ended;
  }
}

function throwBugs(results: readonly PromiseSettledResult<void>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function because({ circuits }: Slice): FailureReport | undefined {
  const circuit = circuits.blocking;
  if (circuit === undefined) return undefined;
  const { code, message, remedy } = circuit.because;
  return {
    code,
    owner: 'pipeline',
    message,
    ...(remedy === undefined ? {} : { remedy }),
  };
}
