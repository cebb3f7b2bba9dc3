import { Agent, type Dispatcher } from 'undici';
import { IncomingBody } from './incomingBody.ts';
import type { AwsTimeouts } from './timeouts.ts';

export interface HttpRequest {
  /** Such as `https://sqs.eu-central-1.amazonaws.com`. */
  readonly origin: string;
  readonly method: 'GET' | 'POST';
  /** Percent-encoded; sent as it is. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** How long to wait for the answer's headers. */
  readonly answerMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: IncomingBody;
}

/** Sends requests over kept connections; retries none and follows no redirect. */
export interface HttpClient {
  /** Resolves at the answer's headers. The signal ends the wait for them, and the body. */
  send(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>;
  close(): void;
}

/**
 * Connections to one host: the flow reads fewer objects at once, and an instance may have 600 in all. Requests above it wait.
 * https://learn.microsoft.com/azure/azure-functions/manage-connections#connection-limit
 */
const connectionsPerHost = 128;

export function httpClient(timeouts: AwsTimeouts): HttpClient {
  const agent = new Agent({
    allowH2: false,
    // Also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise: requests carry session tokens.
    connect: { rejectUnauthorized: true },
    connections: connectionsPerHost,
    connectTimeout: timeouts.connectMs,
    // Ours, since undici's is exact to a second only.
    headersTimeout: 0,
    bodyTimeout: timeouts.bodyIdleMs,
    keepAliveTimeout: timeouts.idleSocketMs,
    keepAliveMaxTimeout: timeouts.idleSocketMs,
  });
  return {
    send: (request, signal) =>
      new Promise((resolve, reject) => {
        const exchange = new Exchange(resolve, reject, signal, { ...timeouts, answerMs: request.answerMs });
        if (signal?.aborted !== true) {
          agent.dispatch(request, exchange);
        }
      }),
    // What is under way fails with an error of its own; there is nobody left to hear of one in closing.
    close: () => void agent.destroy().catch(() => undefined),
  };
}

/** One request's life. undici's own `request` costs half as much again, most of it for a stream that small answers do not need. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #timeouts: AwsTimeouts;
  #controller: Dispatcher.DispatchController | undefined;
  #body: IncomingBody | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    resolve: (answer: HttpAnswer) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
    timeouts: AwsTimeouts,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    this.#timeouts = timeouts;
    if (signal?.aborted === true) {
      reject(signal.reason);
    } else {
      signal?.addEventListener('abort', this.#abort);
    }
  }

  /** Called once there is a connection, which may be after our signal. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal?.aborted === true) {
      controller.abort(new Error('aborted before sending'));
      return;
    }
    const { answerMs } = this.#timeouts;
    this.#timer = setTimeout(() => controller.abort(new Error(`nothing came for ${answerMs} ms`)), answerMs);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // Below are notes ahead of the answer.
    if (status >= 200) {
      clearTimeout(this.#timer);
      this.#body = new IncomingBody(controller);
      this.#resolve({ status, headers, body: this.#body });
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Uint8Array): void {
    this.#body?.push(piece);
  }

  onResponseEnd(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#body?.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#abort);
    const worded = inWords(error, this.#timeouts);
    this.#reject(worded);
    this.#body?.end(worded);
  }

  readonly #abort = (): void => {
    this.#reject(this.#signal?.reason);
    this.#controller?.abort(new Error('aborted'));
  };
}

/** Time-outs say how long; the code stays. */
function inWords(error: Error, { connectMs, bodyIdleMs }: AwsTimeouts): Error {
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'UND_ERR_CONNECT_TIMEOUT':
      return Object.assign(new Error(`no connection within ${connectMs} ms`, { cause: error }), { code });
    case 'UND_ERR_BODY_TIMEOUT':
      return new Error(`nothing came for ${bodyIdleMs} ms`, { cause: error });
    default:
      return error;
  }
}
