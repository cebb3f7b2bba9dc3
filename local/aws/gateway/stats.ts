import type { Queue } from '../sqs/fauxqs.ts';
import type { Service } from './answers.ts';

/** What the embedded AWS saw and did. */
export interface AwsStats {
  /** Requests by `service:Operation`. */
  readonly requests: Readonly<Record<string, number>>;
  /** Refusals and injected answers by `service:Operation:Code`. */
  readonly failures: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly queue: {
    readonly visible: number;
    readonly inFlight: number;
    /** Messages taken away by a delete; a delete with a stale handle takes nothing. */
    readonly deleted: number;
  };
  readonly deadLetters: number;
  /** Sessions handed out by AssumeRole and AssumeRoleWithWebIdentity. */
  readonly sessions: { readonly assumeRole: number; readonly assumeRoleWithWebIdentity: number };
  readonly objectBytesSent: number;
}

/** Counts as requests go by. */
export interface Counters {
  request(service: Service, operation: string): void;
  failure(service: Service, operation: string, code: string): void;
  session(operation: string): void;
  deleted(count: number): void;
  bytes(count: number): void;
  read(queue: Queue, dlq: Queue, faults: Readonly<Record<string, number>>): AwsStats;
}

/** Counters at zero. */
export function makeCounters(): Counters {
  const requests: Record<string, number> = {};
  const failures: Record<string, number> = {};
  const sessions: Record<string, number> = {};
  let deleted = 0;
  let objectBytesSent = 0;
  return {
    request: (service, operation) => bump(requests, `${service}:${operation}`),
    failure: (service, operation, code) => bump(failures, `${service}:${operation}:${code}`),
    session: (operation) => bump(sessions, operation),
    deleted(count) {
      deleted += count;
    },
    bytes(count) {
      objectBytesSent += count;
    },
    read(queue, dlq, faults) {
      queue.processTimers();
      dlq.processTimers();
      return {
        requests: { ...requests },
        failures: { ...failures },
        faults,
        queue: {
          visible: queue.messages.length + queue.delayedMessages.length,
          inFlight: queue.inflightMessages.size,
          deleted,
        },
        deadLetters: dlq.messages.length + dlq.inflightMessages.size,
        sessions: {
          assumeRole: sessions['AssumeRole'] ?? 0,
          assumeRoleWithWebIdentity: sessions['AssumeRoleWithWebIdentity'] ?? 0,
        },
        objectBytesSent,
      };
    },
  };
}

function bump(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
