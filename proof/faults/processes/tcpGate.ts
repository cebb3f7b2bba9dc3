import { connect, createServer, type Socket } from 'node:net';

/** A door of one process to a server: who goes through it is known, and it can be shut. */
export interface TcpGate {
  readonly port: number;
  /** True for the server's view of a connection that came through here. */
  isMine(clientPort: number): boolean;
  /** Nothing listens any more; what is open stays, since who is cut off in the middle cannot know what was taken. */
  shut(): void;
  /** Listens again, on the same port. */
  open(): Promise<void>;
  /** For good. */
  close(): void;
}

/** Opens a door to a port of this machine. */
export async function openTcpGate(targetPort: number): Promise<TcpGate> {
  const ports = new Set<number>();
  const live = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      live.add(socket);
      // A broken half breaks the other: the next event of the pair.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        live.delete(socket);
        other.destroy();
      });
    }
    upstream.once('connect', () => {
      if (upstream.localPort !== undefined) ports.add(upstream.localPort);
      client.pipe(upstream).pipe(client);
    });
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const port = portOf(server.address());
  return {
    port,
    isMine: (clientPort) => ports.has(clientPort),
    shut() {
      if (server.listening) server.close();
    },
    open: async () => {
      if (!server.listening) await listen(port);
    },
    close() {
      server.close();
      for (const socket of live) socket.resetAndDestroy();
    },
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('the gate listens on no port');
  return address.port;
}
