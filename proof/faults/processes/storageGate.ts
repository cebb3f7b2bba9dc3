import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, Faults } from '../../../local/azure/ingestion/faults.ts';

/** One request to table storage, after the service has acted on it. */
export interface StorageCall {
  readonly method: string;
  readonly path: string;
  readonly sent: string;
  readonly status: number;
  readonly answer: string;
}

/** A door of one process to table storage, where requests go wrong and are looked at. */
export interface StorageGate {
  readonly endpoint: string;
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface StorageGateOptions {
  /** Such as `http://127.0.0.1:10002/devstoreaccount1`. */
  readonly target: string;
  readonly faults: Faults;
  readonly onCall: (call: StorageCall) => void;
  /** The storage fails its process: refuses, loses an answer, hangs or is away. An answer that is late is no failure. */
  readonly onFault: () => void;
  /** The process asks again after a failure. */
  readonly onRecovered: () => void;
}

/**
 * What arrives this soon after a failure was sent before its sender knew of it. Less than the five story seconds for which
 * the connector asks nothing after a failure, at every speed up to fifty.
 */
const unawareMs = 100;

/** Near the five seconds after which the connector gives a request up; latencies are far shorter. */
const givenUpAfterMs = 4_000;

/** Opens a door to table storage. */
export async function openStorageGate(options: StorageGateOptions): Promise<StorageGate> {
  const { target, faults, onCall } = options;
  const { hostname, port: targetPort, pathname } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  let failedAt: number | undefined;
  const fail = (): void => {
    failedAt = performance.now();
    options.onFault();
  };
  const noteArrival = (): void => {
    if (failedAt === undefined || performance.now() - failedAt < unawareMs) return;
    failedAt = undefined;
    options.onRecovered();
  };

  const forward = async (request: IncomingMessage, sent: Buffer): Promise<Forwarded> => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const { method, url: path, headers } = request;
    httpRequest({ agent, hostname, port: targetPort, method, path, headers }, resolve).on('error', reject).end(sent);
    const answer = await promise;
    const body = await bytesOf(answer);
    const status = answer.statusCode ?? 500;
    onCall({ method: method ?? '', path: path ?? '', sent: sent.toString(), status, answer: body.toString() });
    return { status, headers: answer.headers, body };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrivedAt = performance.now();
    response.once('close', () => {
      if (!response.writableFinished && performance.now() - arrivedAt > givenUpAfterMs) fail();
    });
    const sent = await bytesOf(request);
    const fault = faults.draw(request.url ?? '');
    noteArrival();
    if (fault?.latencyMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.latencyMs));
    if (fault !== undefined && !actsFirst(fault)) {
      fail();
      return misbehave(fault, response);
    }
    const { status, headers, body } = await forward(request, sent);
    if (fault?.kind === 'lose-response') {
      // After the fact that it has just made: what follows from that fact is what may not be written any more.
      fail();
      response.socket?.resetAndDestroy();
      return;
    }
    response.writeHead(status, headers).end(body);
  };

  const server = createServer((request, response) => {
    // Its client is gone.
    handle(request, response).catch(() => response.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}${pathname}`,
    async shut() {
      fail();
      await close();
    },
    async open() {
      if (server.listening) return;
      fail();
      await listen(port);
    },
    async close() {
      await close();
      agent.destroy();
    },
  };
}

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function actsFirst({ kind }: Fault): boolean {
  return kind === 'lose-response' || kind === 'latency';
}

function misbehave(fault: Fault, response: ServerResponse): void {
  if (fault.kind === 'stall') return;
  if (fault.kind !== 'status') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { status = 503, retryAfterSeconds } = fault;
  const code = status === 403 ? 'AuthorizationPermissionMismatch' : status === 503 ? 'ServerBusy' : 'InternalError';
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-ms-error-code': code,
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  });
  response.end(JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: 'A planned fault.' } } }));
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
