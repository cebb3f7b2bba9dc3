import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InvocationResult } from '../worker/functionInstance.ts';
import type { HttpData, TypedData } from '../worker/messages.ts';

/** A function reached by HTTP. */
export interface HttpRoute {
  readonly methods: readonly string[];
  /** Asks for no key. */
  readonly isOpen: boolean;
  /** Parameters when the path is this function's, else undefined. */
  match(path: string): Record<string, string> | undefined;
  invoke(input: TypedData): Promise<InvocationResult>;
}

/** Reads a route template: literal segments, `{name}`, `{name?}`. Constraints after a colon are not checked. */
export function matchRoute(template: string): (path: string) => Record<string, string> | undefined {
  const segments = template.split('/').filter(Boolean);
  return (path) => {
    const parts = path.split('/').filter(Boolean);
    const parameters: Record<string, string> = {};
    if (parts.length > segments.length) return undefined;
    for (const [index, segment] of segments.entries()) {
      const [, name, isOptional] = /^\{\*?([^:?}]+)[^?}]*(\?)?\}$/.exec(segment) ?? [];
      const part = parts[index];
      if (part === undefined) {
        if (isOptional) continue;
        return undefined;
      }
      if (name !== undefined) parameters[name] = decodeURIComponent(part);
      else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
    }
    return parameters;
  };
}

/** Forwards one request to its function and writes what it answered; a failed invocation is a 500 without details, as in Azure. */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  params: Record<string, string>,
  invoke: HttpRoute['invoke'],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { outcome } = await invoke({
    http: {
      method: request.method ?? 'GET',
      url: url.href,
      headers: headersOf(request),
      query: Object.fromEntries(url.searchParams),
      params,
      body: { bytes: Buffer.concat(chunks) },
    },
  });
  if (outcome.kind === 'failed') {
    response.writeHead(500).end();
    return;
  }
  const answer: HttpData = outcome.returnValue?.http ?? {};
  response.writeHead(Number(answer.statusCode ?? (outcome.returnValue ? 200 : 204)), answer.headers);
  response.end(bodyOf(answer.body));
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

function bodyOf(body: TypedData | null | undefined): Uint8Array | string | undefined {
  return body?.bytes ?? body?.string ?? body?.json;
}
