import type { Clock } from '../../words/clock.ts';
import { ConnectorError, type ErrorCode } from '../../words/errors.ts';
import { asError } from '../../words/failure.ts';

/** The requests the flow makes, by what they are for. */
export type Operation = 'receive' | 'extend' | 'return' | 'delete' | 'read' | 'upload';

interface Retry {
  /** How often the request is made in all. */
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/** A service that asks for a longer pause than this is not waited for: its circuit opens and asks again. */
export const longestPauseMs = 60_000;

const brief = { attempts: 4, firstWaitMs: 500, longestWaitMs: 5_000 };
/** The edge has forgotten what was refused: the second attempt shows a new session or token. */
const renewed = { attempts: 2, firstWaitMs: 0, longestWaitMs: 0 };
/** One bad moment of the identity endpoint or of STS accuses nobody. */
const credentials = { 'credentials-expired': renewed, 'identity-unavailable': brief, 'sts-unavailable': brief };

/**
 * The one place that decides about retries: what is not listed is not tried again by the request that failed.
 * Permissions and addresses are absent on purpose: they are mended by people, and a circuit waits for that.
 */
const table: Readonly<Record<Operation, Partial<Record<ErrorCode, Retry>>>> = {
  receive: { 'queue-unavailable': brief, ...credentials },
  extend: { 'queue-unavailable': brief, ...credentials },
  return: { 'queue-unavailable': brief, ...credentials },
  // Everything is done but the deletion: giving up now would cost the whole message again.
  delete: {
    'queue-unavailable': { attempts: 10, firstWaitMs: 500, longestWaitMs: 10_000 },
    ...credentials,
  },
  read: {
    'object-cut': { attempts: 3, firstWaitMs: 500, longestWaitMs: 2_000 },
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html: 503 SlowDown until S3 has scaled.
    'object-store-throttled': { attempts: 6, firstWaitMs: 1_000, longestWaitMs: 15_000 },
    'object-store-unavailable': brief,
    ...credentials,
  },
  upload: {
    // Waiting costs nothing but time, since what is held is kept; a limit that never eases is for the circuit.
    'upload-throttled': { attempts: 12, firstWaitMs: 1_000, longestWaitMs: 30_000 },
    'upload-unavailable': { attempts: 5, firstWaitMs: 1_000, longestWaitMs: 30_000 },
    'upload-unauthorized': renewed,
    'token-unavailable': { attempts: 3, firstWaitMs: 1_000, longestWaitMs: 5_000 },
  },
};

/** How long to wait before the request is made again after so many failed attempts; undefined when it is not. */
export function waitBeforeRetry(
  operation: Operation,
  error: unknown,
  failedAttempts: number,
  random: () => number,
  attempts?: number,
): number | undefined {
  if (!(error instanceof ConnectorError)) return undefined;
  const retry = table[operation][error.code];
  if (retry === undefined || failedAttempts >= (attempts ?? retry.attempts)) return undefined;
  const wait = Math.min(retry.longestWaitMs, retry.firstWaitMs * 2 ** (failedAttempts - 1));
  const jittered = wait / 2 + (wait / 2) * random();
  if (error.retryAfterMs === undefined) return jittered;
  // A little more than asked, so that not all come back at once.
  return error.retryAfterMs > longestPauseMs ? undefined : error.retryAfterMs + jittered / 4;
}

/** Makes a request as often as the table allows. @throws what the last attempt threw; the signal ends the waiting. */
export async function retrying<Answer>(
  operation: Operation,
  request: () => Promise<Answer>,
  world: { readonly clock: Clock; readonly random: () => number },
  signal: AbortSignal,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      const wait = waitBeforeRetry(operation, error, attempt, world.random);
      if (wait === undefined || signal.aborted) throw asError(error);
      await world.clock.sleep(wait, signal);
      if (signal.aborted) throw asError(error);
    }
  }
}
