import type { OpenRowStream } from '../../cloudtrail/rows/engine.ts';
import { compressBody } from '../../gzip/compressBody.ts';
import { Semaphore } from '../../kit/semaphore.ts';
import type { FailureReport, SliceEnd, SliceSummary } from '../../words/events.ts';
import { reportOf } from '../../words/failure.ts';
import { SliceTimer } from '../accounts/sliceTimer.ts';
import { Tally } from '../accounts/tally.ts';
import { Circuits } from '../circuits/circuits.ts';
import { acknowledger } from '../delivery/queue/acknowledge.ts';
import { beat } from '../delivery/queue/heartbeat.ts';
import { HeldMessages } from '../delivery/queue/heldMessages.ts';
import { returner } from '../delivery/queue/returnMessage.ts';
import { carefulLedger } from '../ledger/carefulLedger.ts';
import { carefully } from '../ledger/carefully.ts';
import { createDeadline } from '../limits/deadline.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import type { DrainPorts } from '../ports/ports.ts';
import { BacklogSense, compressBySense } from '../upload/backlogSense.ts';
import { Balancer } from '../upload/balancer.ts';
import { unlessOver, workShift } from './shift.ts';
import { defaultMessagesBackedOff, type Slice } from './slice.ts';

/** Drains one source for one bounded slice. Never throws for anything that a queue, a bucket or a rule can do. */
export async function drain(
  ports: DrainPorts,
  settings: DrainSettings,
  openRows: OpenRowStream,
  signal: AbortSignal,
): Promise<SliceSummary> {
  const slice = openSlice(ports, settings, openRows, signal);
  const { circuits, deadline, held, tally, timer } = slice;
  ports.report({ type: 'slice-started', source: settings.source });
  await unlessOver(circuits.load(), deadline.over);

  const done = new AbortController();
  const until = AbortSignal.any([done.signal, deadline.over]);
  const beside = Promise.allSettled([
    beat({ ports, settings, held, circuits, until }),
    circuits.keepProbing(AbortSignal.any([until, deadline.stop])),
  ]);
  let ended: SliceEnd;
  try {
    ended = await workUntilTheEnd(slice);
    if (ended === 'queue-empty' && ports.random() < purgeShare) await purge(slice);
    done.abort();
    await unlessOver(Promise.all([beside.then(throwBugs), circuits.stored()]), deadline.over);
  } finally {
    done.abort();
    deadline.cancel();
  }

  const summary = tally.summary(settings.source, ended, ports.clock.now() - deadline.startedAt, timer.summary());
  ports.report({ type: 'slice-finished', summary });
  return summary;
}

/** Of the slices that find the queue empty, so many tidy up: once an hour or so, at one slice a minute. */
const purgeShare = 1 / 60;

async function purge({ deadline, ledger, ports }: Slice): Promise<void> {
  await unlessOver(ledger.purgeExpired(ports.clock.now(), deadline.stop), deadline.over);
}

/** Shift after shift, with probing between; a slice that starts with an open circuit probes before it receives anything. */
async function workUntilTheEnd(slice: Slice): Promise<SliceEnd> {
  const { circuits, deadline, settings, tally } = slice;
  for (;;) {
    if (circuits.blocking !== undefined) tally.failure ??= because(slice);
    if (!(await circuits.untilUnblocked(deadline.receiveUntil, deadline.stop))) {
      if (deadline.isShutdown()) return 'shutdown';
      return circuits.blocking === undefined ? 'deadline' : 'circuit-open';
    }
    const ended = await workShift(slice);
    if (ended !== 'circuit-open') return ended;
    // A probe would say that the queue is well, and the next thousand messages would go into back-off, too.
    if (slice.backedOff >= (settings.messagesBackedOff ?? defaultMessagesBackedOff)) {
      tally.failure ??= because(slice);
      return ended;
    }
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
    code: code as FailureReport['code'],
    owner: 'pipeline',
    message,
    ...(remedy === undefined ? {} : { remedy }),
  };
}

function openSlice(ports: DrainPorts, settings: DrainSettings, openRows: OpenRowStream, shutdown: AbortSignal): Slice {
  const { clock, report } = ports;
  const { source } = settings;
  const deadline = createDeadline(clock, settings, shutdown);
  const tally = new Tally();
  const storageFailed = (error: unknown): void => {
    if (tally.ledger === 'available') report({ type: 'ledger-unavailable', source, failure: reportOf(error) });
    tally.ledger = 'unavailable';
  };
  const careful = carefully(storageFailed);
  const backlog = new BacklogSense(ports.queue, clock, settings);
  const timer = new SliceTimer(clock);
  const circuits = new Circuits({ source, bucketFailures: settings.bucketFailures, ports, storageFailed });
  return {
    settings,
    ports,
    openRows,
    compress: compressBySense(ports.compress ?? compressBody, backlog, settings.catchUpGzipLevel),
    backlog,
    ledger: carefulLedger(ports.ledger, careful),
    failedEntries: {
      recordDelivery: (...entry) => careful(() => ports.failedEntries.recordDelivery(...entry), false),
    },
    deadline,
    tally,
    timer,
    circuits,
    balancer: new Balancer({
      destinations: ports.destinations,
      mostPerRule: settings.uploadsInFlight,
      clock,
      circuits,
    }),
    readers: new Semaphore(settings.objectsInFlight, settings.bytesInFlight, () => timer.begin('read')),
    held: new HeldMessages(),
    acknowledge: acknowledger(source, ports, circuits, timer, deadline.over),
    returnMessage: returner(source, ports, deadline.over),
    backedOff: 0,
  };
}
