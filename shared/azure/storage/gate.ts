import { abortable } from '../../kit/abortable.ts';
import { Breaker } from '../../kit/breaker.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { type StorageService, storageCode, storageStatus, storageUnavailable } from './failure.ts';

export interface StorageGateOptions {
  readonly service: StorageService;
  readonly clock: Pick<Clock, 'now'>;
  /** From asking for a token to the last byte of the answer. */
  readonly timeoutMs?: number | undefined;
  /** How long nothing is asked after a failure. */
  readonly pauseMs?: number | undefined;
}

/** Makes a request within a bound; `what` begins the sentence of its failure, such as `reading the table ledger`. */
export type StorageGate = <Answer>(what: string, request: (signal: AbortSignal) => Promise<Answer>) => Promise<Answer>;

const defaultTimeoutMs = 5_000;
const defaultPauseMs = 5_000;

/**
 * The circuit breaker before one service of a storage account. After a failure every request is refused at once for a
 * while, then one is let through to see: a drain does without its storage, and must not wait for a time-out with each object.
 */
export function storageGate(options: StorageGateOptions): StorageGate {
  const { service, clock, timeoutMs = defaultTimeoutMs, pauseMs = defaultPauseMs } = options;
  const breaker = new Breaker(clock, () => pauseMs);
  let failure: ConnectorError | undefined;

  return async (what, request) => {
    // Whoever comes first finds out; the others are refused until it has.
    if (failure !== undefined && breaker.isOpen && !breaker.tryNow()) throw refused(what, failure);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      // Raced, since managed identity ignores abort signals.
      const answer = await abortable(onceMoreIfReset(request, signal), signal);
      breaker.close();
      return answer;
    } catch (error) {
      const unavailable = storageUnavailable(what, service, error, timeoutMs);
      if (concernsAll(error)) {
        failure = unavailable;
        breaker.open();
      } else breaker.release();
      throw unavailable;
    }
  };
}

/**
 * A connection that was kept and that the service had closed says nothing about the service. Every request may be made
 * twice: what is found to be written already is looked at, and found to be one's own.
 */
async function onceMoreIfReset<Answer>(
  request: (signal: AbortSignal) => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    return await request(signal);
  } catch (error) {
    if (!/^(?:ECONNRESET|EPIPE)$/.test(storageCode(error))) throw error;
    return await request(signal);
  }
}

/** A request that is refused for what it says (too large, malformed) says nothing about the next. */
export function concernsAll(error: unknown): boolean {
  const status = storageStatus(error);
  return status === undefined || status >= 500 || status === 401 || status === 403 || status === 429;
}

function refused(what: string, { message, remedy }: ConnectorError): ConnectorError {
  return new ConnectorError('storage-unavailable', `${what}: not tried, as moments ago ${message}`, {
    ...(remedy === undefined ? {} : { remedy }),
  });
}
