import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../../../shared/words/clock.ts';
import { closeServer, listenOnLoopback } from '../../process/loopbackServer.ts';
import { createTokenCheck } from '../ingestion/tokenCheck.ts';

export interface ResourceManagerOptions {
  readonly clock: Clock;
  /** Whose tokens are trusted. */
  readonly keys: JSONWebKeySet;
  readonly issuer: string;
  /** Bodies of the resources by ID. */
  readonly resources: ReadonlyMap<string, unknown>;
  /** Principals that may read each of them. */
  readonly readers: ReadonlyMap<string, readonly string[]>;
}

/** The running reader of resources: what was deployed can be looked at, by whom a role lets. */
export interface LocalResourceManager {
  readonly endpoint: string;
  /** May be changed, as an owner changes resources and role assignments. */
  readonly resources: Map<string, unknown>;
  readonly readers: Map<string, readonly string[]>;
  stop(): Promise<void>;
}

/** `GET {resource ID}` as Azure Resource Manager answers it. https://learn.microsoft.com/rest/api/resources/resources/get-by-id */
export async function startResourceManager(options: ResourceManagerOptions): Promise<LocalResourceManager> {
  const resources = new Map(options.resources);
  const readers = new Map(options.readers);
  const checkToken = createTokenCheck({ ...options, audience: 'https://management.azure.com' });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const token = await checkToken(request.headers.authorization);
    if (token.kind === 'invalid') return refuse(response, 401, 'InvalidAuthenticationToken', token.reason);
    if (readers.get(pathname)?.includes(token.principalId) !== true) {
      const message = `The client '${token.principalId}' does not have authorization to perform action 'read' over scope '${pathname}'.`;
      return refuse(response, 403, 'AuthorizationFailed', message);
    }
    const body = resources.get(pathname);
    if (body === undefined) return refuse(response, 404, 'ResourceNotFound', `${pathname} was not found.`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);
  return { endpoint: `http://127.0.0.1:${port}`, resources, readers, stop: () => closeServer(server) };
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { code, message } }));
}
