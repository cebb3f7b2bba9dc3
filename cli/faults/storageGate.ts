import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, Faults } from '../../local/azure/faults.ts';

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
  /** A request met a fault, or found the door shut. */
  readonly onFault: () => void;
}

/** Opens a door to table storage. */
export async function openStorageGate({ target, faults, onCall, onFault }: StorageGateOptions): Promise<StorageGate> {
  const { hostname, port: targetPort, pathname } = new URL(target);
  const agent = new Agent({ keepAlive: true });

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
    const sent = await bytesOf(request);
    const fault = faults.draw(request.url ?? '');
    if (fault !== undefined) onFault();
    if (fault?.latencyMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.latencyMs));
    if (fault !== undefined && !actsFirst(fault)) return misbehave(fault, response);
    const { status, headers, body } = await forward(request, sent);
    if (fault?.kind === 'lose-response') {
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
      onFault();
      await close();
    },
    open: async () => {
      if (!server.listening) await listen(port);
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
