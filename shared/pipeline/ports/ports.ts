import type { Compress } from '../../gzip/compressBody.ts';
import type { ObjectRef, QueueMessage } from '../../words/announcement.ts';
import type { Clock } from '../../words/clock.ts';
import type { ConnectorEvent } from '../../words/events.ts';
import type { AcknowledgedMessage } from './acknowledged.ts';
import type { Destination } from './destination.ts';
import type { FailedEntries } from './failedEntries.ts';
import type { Ledger } from './lease.ts';

export interface Backlog {
  readonly visible: number;
  readonly inFlight: number;
}

/** What became of one message in a batched call; `refused` carries the service's code. */
export interface MessageOutcome {
  readonly messageId: string;
  readonly refused?: string;
}

/**
 * The announcing queue. Every call is one request and may throw ConnectorError; none repeats itself. The flow makes at
 * most 5 requests to receive, 5 to extend, 5 to return and 11 to delete; see limits/retryPolicy.ts.
 */
export interface MessageQueue {
  receive(
    request: { readonly maxMessages: number; readonly waitSeconds: number; readonly visibilitySeconds: number },
    signal: AbortSignal,
  ): Promise<readonly QueueMessage[]>;
  /** Extends (heartbeat) or shortens (return) up to 10 messages; 0 gives them back at once. */
  changeVisibility(messages: readonly QueueMessage[], visibilitySeconds: number): Promise<readonly MessageOutcome[]>;
  /** Up to 10. The argument can only be made by success: see acknowledgedMessage.ts. */
  delete(messages: readonly AcknowledgedMessage[]): Promise<readonly MessageOutcome[]>;
  /** Undefined when the role may not ask. */
  measureBacklog(): Promise<Backlog | undefined>;
  /** Proves credentials and reachability without receiving anything. */
  probe(signal: AbortSignal): Promise<void>;
}

export interface ObjectBody {
  /** Where it was found: the object's key, or the second reading of it. */
  readonly key: string;
  /** Content-Length of the answer. */
  readonly sizeBytes: number;
  readonly etag: string | undefined;
  /** The bytes as stored (still compressed). Throws ConnectorError 'object-cut' when the connection breaks. Iterating must be finished or the signal aborted. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface ObjectStore {
  /**
   * One GetObject; one more where the bucket lies in another region, and one more for a second reading of the key: none
   * is repeated. The flow calls it at most 7 times for one reading; see limits/retryPolicy.ts.
   */
  open(object: ObjectRef, signal: AbortSignal): Promise<ObjectBody>;
}

/** What a circuit guards: the source (credentials, queue), a rule, or one bucket's failures of one code. */
export type CircuitName = `source` | `rule/${string}` | `bucket/${string}/${string}`;

export interface OpenCircuit {
  readonly name: CircuitName;
  readonly openedAt: number;
  readonly because: { readonly code: string; readonly message: string; readonly remedy?: string };
  /** No probe before this time. */
  readonly nextProbeAt: number;
  readonly probes: number;
  /** The object whose reading failed last: reading it again is the probe. */
  readonly lastFailed?: ObjectRef;
}

/** Where open circuits are remembered between slices and instances. */
export interface CircuitStore {
  load(): Promise<readonly OpenCircuit[]>;
  save(circuit: OpenCircuit): Promise<void>;
  remove(name: CircuitName): Promise<void>;
}

/** What one drain of one source needs from the world. */
export interface DrainPorts {
  readonly clock: Clock;
  readonly queue: MessageQueue;
  readonly objects: ObjectStore;
  /** One or more; batches go to the one with the most room. */
  readonly destinations: readonly [Destination, ...Destination[]];
  readonly ledger: Ledger;
  readonly failedEntries: Pick<FailedEntries, 'recordDelivery'>;
  readonly circuits: CircuitStore;
  readonly report: (event: ConnectorEvent) => void;
  /** 0 <= x < 1, for jitter. */
  readonly random: () => number;
  /** zlib on the thread pool, unless given. */
  readonly compress?: Compress;
}
