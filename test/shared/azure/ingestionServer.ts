import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { generate } from 'selfsigned';

export interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
  /** The body inflated, as text. */
  readonly text: string;
  /** Which connection carried it, from 1. */
  readonly connection: number;
}

export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'never'
  | 'reset';

/** A server over TLS that answers as told and remembers what it was asked. */
export interface IngestionServer {
  readonly endpoint: string;
  readonly port: number;
  /** Certificate to trust. */
  readonly ca: string;
  readonly seen: SeenRequest[];
  /** Answers in turn; the last one is kept. */
  answers: Answer[];
  /** Resolves when a request came in that is not answered. */
  readonly asked: () => Promise<void>;
  close(): Promise<void>;
}

export async function startIngestionServer(): Promise<IngestionServer> {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const seen: SeenRequest[] = [];
  const connections = new Map<Socket, number>();
  let tellAsked: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    tellAsked = resolve;
  });
  const server: Server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const connection = connections.get(request.socket) ?? connections.size + 1;
      connections.set(request.socket, connection);
      seen.push({
        method: request.method,
        url: request.url ?? '',
        header: (name) => request.headers[name]?.toString(),
        body,
        text: gunzipSync(body).toString('utf8'),
        connection,
      });
      const answer = self.answers.length > 1 ? self.answers.shift() : self.answers[0];
      if (answer === 'never' || answer === undefined) {
        tellAsked();
      } else if (answer === 'reset') {
        request.socket.destroy();
      } else {
        response.writeHead(answer.status, answer.headers).end(answer.body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const self: IngestionServer = {
    endpoint: `https://127.0.0.1:${port}`,
    port,
    ca: pems.cert,
    seen,
    answers: [{ status: 204 }],
    asked: () => asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}
