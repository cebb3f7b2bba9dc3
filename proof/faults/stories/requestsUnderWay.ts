import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** Counts the HTTP requests that this process has sent and not been answered, whoever sent them. */
export interface RequestsUnderWay {
  count(): number;
  /** Changes whenever one begins or ends. */
  changes(): number;
  stop(): void;
}

/** https://nodejs.org/api/diagnostics_channel.html#built-in-channels; undici has channels of its own. */
export function watchRequests(): RequestsUnderWay {
  const underWay = new Set<object>();
  let changes = 0;
  const begin = (request: object): void => {
    underWay.add(request);
    changes += 1;
  };
  const end = (request: object): void => {
    if (underWay.delete(request)) changes += 1;
  };
  const listeners = {
    'http.client.request.start': (message: unknown) => begin((message as { request: ClientRequest }).request),
    'http.client.request.error': (message: unknown) => end((message as { request: ClientRequest }).request),
    'http.client.response.finish': (message: unknown) => {
      const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
      // At its headers; the body is still to come.
      response.once('close', () => end(request));
      request.once('close', () => end(request));
    },
    'undici:request:create': (message: unknown) => begin((message as { request: object }).request),
    'undici:request:trailers': (message: unknown) => end((message as { request: object }).request),
    'undici:request:error': (message: unknown) => end((message as { request: object }).request),
  };
  for (const [name, listener] of Object.entries(listeners)) {
    subscribe(name, listener);
  }
  return {
    count: () => underWay.size,
    changes: () => changes,
    stop() {
      for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
    },
  };
}
