import type { QueueMessage } from '../../words/announcement.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { SliceEnd } from '../../words/events.ts';
import { Receivers } from '../delivery/queue/receive.ts';
import { settleMessage } from '../delivery/settle.ts';
import { Packer } from '../upload/packer.ts';
import { Uploader } from '../upload/uploader.ts';
import type { Shift, Slice } from './slice.ts';

/** Bodies on their way to the uploader, besides those in flight. */
const bodiesAhead = 3;

/** Receives and settles messages until nothing is held any more: the queue is empty, the time is over, or a circuit opened. */
export async function workShift(slice: Slice): Promise<SliceEnd> {
  const { circuits, deadline, held } = slice;
  const blocked = new AbortController();
  const stop = AbortSignal.any([deadline.stop, blocked.signal]);
  const look = (): void => {
    if (circuits.blocking !== undefined) blocked.abort(bystander(slice));
  };
  const forget = circuits.onChange(look);
  look();
  const packer = packerOf(slice, stop);
  const settling = new Set<Promise<unknown>>();
  let bug: unknown;
  const onMessage = (message: QueueMessage): void => {
    const newlyHeld = held.hold(message);
    if (newlyHeld === undefined) return;
    const settled: Promise<unknown> = settleMessage(newlyHeld, slice, { packer, stop } satisfies Shift)
      .catch((error: unknown) => {
        bug ??= error;
      })
      .then(() => settling.delete(settled));
    settling.add(settled);
  };
  try {
    const ended = await new Receivers({ slice, packer, stop, onMessage }).run();
    // Nothing more comes: what is read needs not linger for company.
    await held.changed.until(() => held.reading === 0, stop);
    packer.flush();
    await unlessOver(Promise.all(settling), deadline.over);
    if (bug !== undefined) throw bug;
    if (deadline.isShutdown()) return 'shutdown';
    return blocked.signal.aborted ? 'circuit-open' : ended;
  } finally {
    forget();
    // A signal made of others is kept, with all that listens to it, until it aborts.
    blocked.abort(new ConnectorError('slice-ended', 'the shift ended'));
  }
}

/** Waits for work to end, but not beyond the end of the slice: what still hangs then is left to the visibility timeout. */
export async function unlessOver(work: Promise<unknown>, over: AbortSignal): Promise<void> {
  if (over.aborted) return;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  over.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([work, ended]);
  } finally {
    over.removeEventListener('abort', end);
  }
}

function packerOf(slice: Slice, stop: AbortSignal): Packer {
  const { balancer, circuits, compress, deadline, ports, readers, settings, tally, timer } = slice;
  const uploader = new Uploader({
    source: settings.source,
    uploadAttempts: settings.uploadAttempts,
    gzipLevel: settings.gzipLevel,
    balancer,
    circuits,
    clock: ports.clock,
    random: ports.random,
    compress,
    tally,
    timer,
    report: ports.report,
    stop,
    abandon: deadline.abandon,
  });
  return new Packer({
    settings,
    clock: ports.clock,
    compress,
    upload: (batch) => uploader.upload(batch),
    bodiesInFlight: bodiesAhead + settings.uploadsInFlight * ports.destinations.length,
    isIdle: () => readers.isIdle,
    stop,
  });
}

/** What is held when a circuit opens has not failed itself. */
function bystander({ circuits }: Slice): ConnectorError {
  const circuit = circuits.blocking;
  const remedy = circuit?.because.remedy;
  return new ConnectorError('circuit-open', `circuit ${circuit?.name} opened: ${circuit?.because.message}`, {
    ...(remedy === undefined ? {} : { remedy }),
  });
}
