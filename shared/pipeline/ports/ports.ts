import type { Compress } from '../../gzip/compressBody.ts';
import type { Clock } from '../../words/clock.ts';
import type { ConnectorEvent } from '../../words/events.ts';
import type { CircuitStore } from './circuits.ts';
import type { Destination } from './destination.ts';
import type { FailedEntries } from './failedEntries.ts';
import type { Ledger } from './lease.ts';
import type { SettledDelivery } from './settledDelivery.ts';
import type { Source } from './source.ts';

/** What one drain of one source needs from the world. */
export interface DrainPorts {
  readonly clock: Clock;
  readonly source: Source;
  /** One or more; batches go to the one with the most room. */
  readonly destinations: readonly [Destination, ...Destination[]];
  readonly ledger: Ledger;
  readonly failedEntries: Pick<FailedEntries, 'recordDelivery'>;
  readonly circuits: CircuitStore;
  /** Told of every delivery that is settled. */
  readonly onSettled?: (settled: SettledDelivery) => void;
  /** Only tells people: nothing depends on it. */
  readonly report: (event: ConnectorEvent) => void;
  /** 0 <= x < 1, for jitter. */
  readonly random: () => number;
  /** zlib on the thread pool, unless given. */
  readonly compress?: Compress;
}
