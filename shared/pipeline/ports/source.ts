import type { ConnectorError } from '../../words/errors.ts';
import type { ConnectorEvent } from '../../words/events.ts';
import type { Evidence } from './failedEntries.ts';
import type { Settled, Settlement } from './settlement.ts';
import type { Unit } from './unit.ts';

/** What waits at a source. */
export interface Backlog {
  readonly visible: number;
  readonly inFlight: number;
  /** How often a delivery comes before it goes to a dead-letter queue; undefined without one. */
  readonly mostReceives?: number;
}

/** One thing that a delivery announces, and what is to be done with it before anything is read. */
export type AnnouncedUnit =
  | { readonly fate: 'ingest'; readonly unit: Unit }
  /** Known and of no interest: acknowledged and counted. */
  | { readonly fate: 'skip'; readonly unit: Unit; readonly reason: string }
  /** Not allowed, or of a layout that nobody knows. */
  | { readonly fate: 'refuse'; readonly unit: Unit; readonly error: ConnectorError };

/**
 * What a delivery announces, part by part. It is done with when its units are complete and it has no faults; with faults,
 * its units are delivered all the same.
 */
export interface Announcement {
  /** Each once, in the delivery's order. */
  readonly units: readonly AnnouncedUnit[];
  /** What of it was not understood. */
  readonly faults: readonly ConnectorError[];
  /** Why parts of it knowingly announce nothing. */
  readonly nothing: readonly string[];
}

/** What came from a source at once and is settled as a whole: an SQS message, a page of a listing, a time window. */
export interface Delivery {
  readonly id: string;
  /** When it was received, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** When it came to its source, by the source's time; undefined where nobody tells. */
  readonly sentAt?: number;
  readonly evidence: Evidence;
  /** True when it is known not to come again by itself. Never rejects. */
  isLast(): Promise<boolean>;
  /** Reads what it announces: to be called once, when there is time for it. Never throws. */
  announcement(): Announcement;
  /** Aborts when somebody else may have it by now. */
  readonly lost: AbortSignal;
  /** Somebody else is known to work on what it announces. */
  lose(because: string): void;
  /** To be called once. Never rejects. */
  settle(settlement: Settlement): Promise<Settled>;
}

/** What a slice tells the source it draws from. */
export interface SourceSlice {
  /** Aborts when the slice must return, whatever still hangs. */
  readonly over: AbortSignal;
  readonly isShutdown: () => boolean;
  /** What is given back may be kept away for so long: all that is counts against a limit of the source's service. */
  readonly mostBackOffSeconds: () => number;
  /** Told when the source itself proves to be out of order: its queue, its credentials. */
  readonly failed: (error: unknown) => void;
  readonly report: (event: ConnectorEvent) => void;
}

/** A source during one slice. */
export interface OpenSource {
  /** One request, which waits as long as asked when there is nothing now. @throws ConnectorError */
  receive(
    request: { readonly most: number; readonly waitSeconds: number },
    signal: AbortSignal,
  ): Promise<readonly Delivery[]>;
  /** Keeps from others what was received and is not settled, until the signal aborts. */
  keepHeld(until: AbortSignal): Promise<void>;
}

/** Where deliveries come from. */
export interface Source {
  readonly name: string;
  /** Deliveries that one receive brings at most. */
  readonly mostPerReceive: number;
  open(slice: SourceSlice): OpenSource;
  /** Proves credentials and reachability without receiving anything. One request. @throws ConnectorError */
  probe(signal: AbortSignal): Promise<void>;
  /** Undefined when the role may not ask. One request. @throws ConnectorError */
  measureBacklog(): Promise<Backlog | undefined>;
}
