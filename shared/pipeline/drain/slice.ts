import type { OpenRowStream } from '../../cloudtrail/rows/engine.ts';
import { type Compress, compressBody } from '../../gzip/compressBody.ts';
import { Semaphore } from '../../kit/semaphore.ts';
import { reportOf } from '../../words/failure.ts';
import { SliceTimer } from '../accounts/sliceTimer.ts';
import { Tally } from '../accounts/tally.ts';
import { Circuits } from '../circuits/circuits.ts';
import { HeldDeliveries } from '../delivery/held.ts';
import { carefulLedger } from '../ledger/carefulLedger.ts';
import { carefully } from '../ledger/carefully.ts';
import { noLedger } from '../ledger/noLedger.ts';
import { createDeadline, type Deadline } from '../limits/deadline.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import type { Lease, Ledger } from '../ports/lease.ts';
import type { DrainPorts } from '../ports/ports.ts';
import type { Delivery, OpenSource } from '../ports/source.ts';
import { BacklogSense, compressBySense } from '../upload/backlogSense.ts';
import { Balancer } from '../upload/balancer.ts';
import { BackOff } from './backOff.ts';

/** What lasts as long as one slice. Known to the drain alone: each stage takes the few parts it needs. */
export interface Slice {
  readonly settings: DrainSettings;
  readonly ports: DrainPorts;
  readonly openRows: OpenRowStream;
  readonly compress: Compress;
  readonly backlog: BacklogSense;
  /** Never throws: see carefulLedger.ts. */
  readonly ledger: Ledger;
  /** Never throws either: false when nothing is kept. */
  readonly failedEntries: DrainPorts['failedEntries'];
  readonly deadline: Deadline;
  readonly tally: Tally;
  readonly timer: SliceTimer;
  readonly circuits: Circuits;
  readonly balancer: Balancer;
  readonly readers: Semaphore;
  /** What deliveries announce while they are worked on; see settle.ts. */
  readonly opening: Semaphore;
  readonly source: OpenSource;
  readonly held: HeldDeliveries;
  readonly leases: Map<Lease, Pick<Delivery, 'lose'>>;
  readonly backOff: BackOff;
}

export function openSlice(
  ports: DrainPorts,
  settings: DrainSettings,
  openRows: OpenRowStream,
  shutdown: AbortSignal,
): Slice {
  const { clock, report, source } = ports;
  const deadline = createDeadline(clock, settings, shutdown);
  const tally = new Tally(settings.selectors?.names);
  if (ports.ledger === noLedger) tally.ledger = 'none';
  const storageFailed = (error: unknown): void => {
    if (tally.ledger === 'available') {
      report({ type: 'ledger-unavailable', source: source.name, failure: reportOf(error) });
    }
    if (tally.ledger !== 'none') tally.ledger = 'unavailable';
  };
  const careful = carefully(storageFailed);
  const backlog = new BacklogSense(source, clock, settings);
  const backOff = new BackOff(settings.messagesBackedOff, () => backlog.last);
  const timer = new SliceTimer(clock);
  const circuits = new Circuits({
    source: source.name,
    bucketFailures: settings.bucketFailures,
    ports,
    storageFailed,
  });
  return {
    settings,
    ports,
    openRows,
    compress: compressBySense(ports.compress ?? compressBody, backlog, settings.catchUpGzipLevel),
    backlog,
    ledger: carefulLedger(ports.ledger, careful),
    failedEntries: {
      recordDelivery: (...entry) => careful(() => ports.failedEntries.recordDelivery(...entry), undefined),
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
    opening: new Semaphore(Number.POSITIVE_INFINITY, mostBytesOpened),
    source: source.open({
      over: deadline.over,
      isShutdown: deadline.isShutdown,
      mostBackOffSeconds: () => backOff.mostSeconds,
      failed: (error) => circuits.open({ kind: 'source' }, error),
      report,
    }),
    held: new HeldDeliveries(),
    leases: new Map(),
    backOff,
  };
}

/** Two messages of the largest size, or thousands of the usual one. */
const mostBytesOpened = 16 * 1024 * 1024;
