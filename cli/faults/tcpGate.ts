import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A door of one process to a server: who goes through it is known, and it can be shut. */
export interface TcpGate {
  readonly port: number;
  /** True for the server's view of a connection that came through here. */
  isMine(clientPort: number): boolean;
  /** Nothing listens any more, and what is open is closed as soon as it has nothing under way. */
  shut(): Promise<void>;
  /** Listens again, on the same port. */
  open(): Promise<void>;
  /** For good. */
  close(): void;
}

/** Opens a door to a port of this machine. */
export async function openTcpGate(targetPort: number): Promise<TcpGate> {
  const ports = new Set<number>();
  const live = new Set<Socket>();
  const pairs = new Set<Pair>();
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
    const pair: Pair = { isBusy: true, close: () => client.end() };
    pairs.add(pair);
    client.on('close', () => pairs.delete(pair));
    upstream.once('connect', () => {
      if (upstream.localPort !== undefined) ports.add(upstream.localPort);
      client.on('data', () => {
        pair.isBusy = true;
      });
      upstream.on('data', () => {
        pair.isBusy = false;
      });
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
  /** Refuses at once; answers that are under way still come through. */
  const shut = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    for (let waitedMs = 0; pairs.size > 0 && waitedMs < patienceMs; waitedMs += 5) {
      for (const pair of pairs) if (!pair.isBusy) pair.close();
      await wait(5);
    }
  };
  await listen(0);
  const port = portOf(server.address());
  return {
    port,
    isMine: (clientPort) => ports.has(clientPort),
    shut,
    open: async () => {
      if (!server.listening) await listen(port);
    },
    close() {
      server.close();
      for (const socket of live) socket.resetAndDestroy();
    },
  };
}

/** Longer than an answer takes; one that never comes is not waited for. */
const patienceMs = 300;

interface Pair {
  /** The last bytes came from the client: it waits for an answer. */
  isBusy: boolean;
  close(): void;
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('the gate listens on no port');
  return address.port;
}
