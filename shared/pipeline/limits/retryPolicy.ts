import type { Clock } from '../../words/clock.ts';
import { ConnectorError, type ErrorCode } from '../../words/errors.ts';
import { asError } from '../../words/failure.ts';
import type { DrainSettings } from './drainSettings.ts';

/** The requests the flow makes, by what they are for. A probe is never repeated: its circuit decides when the next is due. */
export type Operation = 'receive' | 'extend' | 'return' | 'delete' | 'read' | 'upload';

type Bounds = Pick<DrainSettings, 'uploadAttempts'>;

interface Retry {
  /** How often the request is made in all, whatever its failures were; a name is that of the setting. */
  readonly attempts: number | keyof Bounds;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/** What was shown is stale: the edge has forgotten it and asks for another. Once, at once, and beside the attempts. */
type Renewal = 'renewed';

/** A service that asks for a longer pause than this is not waited for: its circuit opens and asks again. */
export const longestPauseMs = 60_000;

const brief = { attempts: 4, firstWaitMs: 500, longestWaitMs: 5_000 };
/** One bad moment of the identity endpoint or of STS accuses nobody. */
const credentials = {
  'credentials-expired': 'renewed',
  'identity-unavailable': brief,
  'sts-unavailable': brief,
} satisfies Partial<Record<ErrorCode, Retry | Renewal>>;

/**
 * The one place that decides about retries: no edge and no SDK repeats a request, and what is not listed is not tried
 * again by the request that failed. Permissions and addresses are absent on purpose: they are mended by people, and a
 * circuit waits for that.
 */
const table: Readonly<Record<Operation, Partial<Record<ErrorCode, Retry | Renewal>>>> = {
  receive: {
    'queue-unavailable': brief,
    'listing-unavailable': brief,
    'listing-throttled': brief,
    ...credentials,
  },
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
    'upload-unavailable': { attempts: 'uploadAttempts', firstWaitMs: 1_000, longestWaitMs: 30_000 },
    'upload-unauthorized': 'renewed',
    'token-unavailable': { attempts: 3, firstWaitMs: 1_000, longestWaitMs: 5_000 },
  },
};

/** How often an operation may be requested, whatever answers it meets; an upload as often of every rule. */
export function mostRequests(operation: Operation, bounds: Bounds): number {
  const entries = Object.values(table[operation]);
  const attempts = entries.map((entry) => (entry === 'renewed' ? 1 : attemptsOf(entry, bounds)));
  return Math.max(...attempts) + (entries.includes('renewed') ? 1 : 0);
}

/** The failed requests of one operation, and whether another one follows. */
export class Attempts {
  readonly #operation: Operation;
  readonly #bounds: Bounds;
  readonly #random: () => number;
  #failed = 0;
  #isRenewed = false;

  /** Without bounds for operations that no setting bounds. */
  constructor(operation: Exclude<Operation, 'upload'>, random: () => number);
  constructor(operation: Operation, random: () => number, bounds: Bounds);
  constructor(operation: Operation, random: () => number, bounds: Bounds = { uploadAttempts: 1 }) {
    this.#operation = operation;
    this.#random = random;
    this.#bounds = bounds;
  }

  /** How long to wait before the request is made again; undefined when it is not. */
  waitAfter(error: unknown): number | undefined {
    const entry = error instanceof ConnectorError ? table[this.#operation][error.code] : undefined;
    if (entry === undefined) return undefined;
    if (entry === 'renewed') {
      if (this.#isRenewed) return undefined;
      this.#isRenewed = true;
      return 0;
    }
    this.#failed += 1;
    if (this.#failed >= attemptsOf(entry, this.#bounds)) return undefined;
    const wait = Math.min(entry.longestWaitMs, entry.firstWaitMs * 2 ** (this.#failed - 1));
    const jittered = wait / 2 + (wait / 2) * this.#random();
    const { retryAfterMs } = error as ConnectorError;
    if (retryAfterMs === undefined) return jittered;
    // A little more than asked, so that not all come back at once.
    return retryAfterMs > longestPauseMs ? undefined : retryAfterMs + jittered / 4;
  }
}

/** Makes a request as often as the table allows. @throws what the last attempt threw; the signal ends the waiting. */
export async function retrying<Answer>(
  operation: Exclude<Operation, 'upload'>,
  request: () => Promise<Answer>,
  world: { readonly clock: Clock; readonly random: () => number },
  signal: AbortSignal,
): Promise<Answer> {
  const attempts = new Attempts(operation, world.random);
  for (;;) {
    try {
      return await request();
    } catch (error) {
      const wait = attempts.waitAfter(error);
      if (wait === undefined || signal.aborted) throw asError(error);
      await world.clock.sleep(wait, signal);
      if (signal.aborted) throw asError(error);
    }
  }
}

function attemptsOf({ attempts }: Retry, bounds: Bounds): number {
  return typeof attempts === 'number' ? attempts : bounds[attempts];
}
