import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from '../process/loopbackServer.ts';
import { hasKey } from './triggers/functionKey.ts';
import { answerHttp, type HttpRoute } from './triggers/httpTrigger.ts';
import type { HostedFunction } from './worker/messages.ts';

export interface HostServerOptions {
  readonly routes: readonly HttpRoute[];
  readonly routePrefix: string;
  /** What routes that are not open to everybody ask for. */
  readonly functionKey: string;
  readonly functions: readonly HostedFunction[];
  /** Starts one invocation and returns at once. @throws RangeError for a function that is not there. */
  readonly invoke: (functionName: string, input: string | undefined) => void;
}

export interface HostServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The host's own HTTP port: functions under their routes, and the admin calls of the real host that are of use locally. */
export async function startHostServer(options: HostServerOptions): Promise<HostServer> {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
    if (url.pathname.startsWith('/admin/')) return answerAdmin(request, response, url.pathname, options);
    const prefix = options.routePrefix === '' ? '' : `/${options.routePrefix}`;
    const path = url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : undefined;
    for (const route of path === undefined ? [] : options.routes) {
      const params = route.match(path ?? '');
      if (params && route.methods.includes(request.method ?? '')) {
        if (!route.isOpen && !hasKey(request, url, options.functionKey)) {
          // As Azure does: neither a body nor a hint what is there.
          return void response.writeHead(401).end();
        }
        return answerHttp(request, response, url, params, route.invoke);
      }
    }
    response.writeHead(404).end();
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, stop: () => closeServer(server) };
}

/** https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http; without the key, since this port is loopback. */
async function answerAdmin(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  options: HostServerOptions,
): Promise<void> {
  const name = /^\/admin\/functions\/([^/]+)$/.exec(path)?.[1];
  if (request.method === 'GET' && path === '/admin/functions') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(options.functions));
  } else if (request.method === 'POST' && name !== undefined) {
    const input = inputOf(await textOf(request));
    try {
      options.invoke(decodeURIComponent(name), input);
      response.writeHead(202).end();
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  } else {
    response.writeHead(404).end();
  }
}

function inputOf(body: string): string | undefined {
  if (body.trim() === '') return undefined;
  const { input } = JSON.parse(body) as { input?: unknown };
  return typeof input === 'string' ? input : undefined;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
