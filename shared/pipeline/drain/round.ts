import { unlessOver } from '../../kit/unlessOver.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { ConnectorEvent, SliceEnd } from '../../words/events.ts';
import { announcementEvents, deliveryEvents, unitEvents } from '../accounts/told.ts';
import { isBackOff } from '../delivery/fate.ts';
import { Receivers } from '../delivery/receive.ts';
import { type SettleParts, settleDelivery } from '../delivery/settle.ts';
import { circuitText } from '../ports/circuits.ts';
import type { SettledDelivery } from '../ports/settledDelivery.ts';
import type { Delivery } from '../ports/source.ts';
import { type IngestParts, ingestUnit } from '../unit/ingest.ts';
import { Packer } from '../upload/packer.ts';
import { Uploader } from '../upload/uploader.ts';
import type { Slice } from './slice.ts';

/** Bodies on their way to the uploader, besides those in flight. */
const bodiesAhead = 3;

/**
 * Work between two openings of a circuit: receives and settles deliveries until nothing is held any more, since the source
 * is empty, the time is over, or a circuit opened; what is held then goes back, and another round begins afresh.
 */
export async function workRound(slice: Slice): Promise<SliceEnd> {
  const { circuits, deadline, held } = slice;
  const blocked = new AbortController();
  const stop = AbortSignal.any([deadline.stop, blocked.signal]);
  const look = (): void => {
    if (circuits.blocking !== undefined) blocked.abort(circuitOpened(slice));
  };
  const forget = circuits.onChange(look);
  look();
  const packer = packerOf(slice, stop);
  const parts = settleParts(slice, packer, stop);
  const settling = new Set<Promise<unknown>>();
  let bug: unknown;
  const begin = (delivery: Delivery): void => {
    const settled: Promise<unknown> = settleDelivery(held.hold(delivery), parts)
      .then((outcome) => settledOne(outcome, slice))
      .catch((error: unknown) => {
        bug ??= error;
      })
      .then(() => settling.delete(settled));
    settling.add(settled);
  };
  try {
    const ended = await receiversOf(slice, packer, stop, begin).run();
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
    blocked.abort(new ConnectorError('slice-ended', 'the round ended'));
  }
}

function settledOne(outcome: SettledDelivery, { circuits, ports, tally }: Slice): void {
  tally.addDelivery(outcome);
  if (outcome.settled.kind === 'done') circuits.succeeded({ kind: 'source' });
  ports.onSettled?.(outcome);
  tell(deliveryEvents(ports.source.name, outcome), ports.report);
}

function receiversOf(
  { backlog, circuits, deadline, held, ports, settings, source, tally, timer }: Slice,
  packer: Packer,
  stop: AbortSignal,
  begin: (delivery: Delivery) => void,
): Receivers {
  const { clock, random } = ports;
  const { mostPerReceive } = ports.source;
  return new Receivers({
    source: { mostPerReceive, receive: (request, signal) => source.receive(request, signal) },
    ...{ settings, held, circuits, timer, clock, random, stop },
    receiveUntil: deadline.receiveUntil,
    onRequest: () => tally.requested(),
    onDeliveries: (deliveries) => {
      tally.received(deliveries, clock.now());
      for (const delivery of deliveries) begin(delivery);
      if (deliveries.length === mostPerReceive) void backlog.look();
    },
    flush: () => packer.flush(),
  });
}

function settleParts(slice: Slice, packer: Packer, stop: AbortSignal): SettleParts {
  const { backOff, failedEntries, held, opening, ports, tally, timer } = slice;
  const { report } = ports;
  const { name } = ports.source;
  const ingest = ingestParts(slice, packer);
  return {
    source: name,
    ...{ failedEntries, held, opening, stop, timer },
    ingest: (unit, asked) => ingestUnit(unit, asked, ingest),
    onAnnouncement: (announcement, delivery) => tell(announcementEvents(name, delivery, announcement), report),
    onUnit: (outcome, delivery) => {
      tally.addUnit(outcome, ports.clock.now());
      tell(unitEvents(name, outcome, delivery), report);
    },
    onSettlement: (settlement) => {
      if (settlement.kind === 'returned' && isBackOff(settlement.fate)) backOff.add();
    },
  };
}

function ingestParts(slice: Slice, packer: Packer): IngestParts {
  const { circuits, deadline, leases, ledger, openRows, ports, readers, settings, tally } = slice;
  const { clock, random } = ports;
  return {
    ...{ circuits, leases, ledger, readers },
    read: { packer, openRows, settings, clock, random },
    flush: () => packer.flush(),
    begun: (counts) => tally.begun(counts),
    over: deadline.over,
  };
}

function packerOf(slice: Slice, stop: AbortSignal): Packer {
  const { balancer, circuits, compress, deadline, ports, readers, settings, tally, timer } = slice;
  const uploader = new Uploader({
    source: ports.source.name,
    uploadAttempts: settings.uploadAttempts,
    gzipLevel: settings.gzipLevel,
    balancer,
    circuits,
    clock: ports.clock,
    random: ports.random,
    compress,
    tally,
    lags: tally.lags,
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

function tell(events: readonly ConnectorEvent[], report: (event: ConnectorEvent) => void): void {
  for (const event of events) report(event);
}

/** What is held when a circuit opens has not failed itself. */
function circuitOpened({ circuits }: Slice): ConnectorError {
  const circuit = circuits.blocking;
  const remedy = circuit?.because.remedy;
  const name = circuit === undefined ? '' : circuitText(circuit.name);
  return new ConnectorError('circuit-open', `circuit ${name} opened: ${circuit?.because.message}`, {
    ...(remedy === undefined ? {} : { remedy }),
  });
}
