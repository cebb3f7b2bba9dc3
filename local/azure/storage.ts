import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';

export interface StorageOptions {
  /** Where data is kept; absent: in memory. A kill loses the last seconds of a kept store too. */
  readonly directory?: string;
}

/** Running blob, queue and table storage. */
export interface LocalStorage {
  readonly connectionString: string;
  readonly endpoints: StorageEndpoints;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface StorageEndpoints {
  readonly blob: string;
  readonly queue: string;
  readonly table: string;
}

/** The development account every storage emulator has: https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key */
const account = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** Starts Azurite on free loopback ports, in a process of its own that ends with this one. */
export async function startStorage(options: StorageOptions = {}): Promise<LocalStorage> {
  const entry = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const place = options.directory === undefined ? ['--inMemoryPersistence'] : ['--location', options.directory];
  const ports = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'];
  const leash = new URL('../process/endWithParent.ts', import.meta.url).href;
  // Spawned, not forked: with an IPC channel Azurite survives SIGTERM.
  const child = spawn(
    process.execPath,
    ['--import', leash, entry, '--silent', '--disableTelemetry', '--skipApiVersionCheck', ...place, ...ports],
    // In a group of its own: Ctrl-C in a terminal must not end it under those who still write to it.
    { detached: true, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const origins = await announcedOrigins(child);
  const endpoints: StorageEndpoints = {
    blob: `${origins.blob}/${account.name}`,
    queue: `${origins.queue}/${account.name}`,
    table: `${origins.table}/${account.name}`,
  };
  return {
    endpoints,
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${account.name}`,
      `AccountKey=${account.key}`,
      `BlobEndpoint=${endpoints.blob}`,
      `QueueEndpoint=${endpoints.queue}`,
      `TableEndpoint=${endpoints.table}`,
      '',
    ].join(';'),
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), stopBoundMs);
      await exited;
      clearTimeout(forced);
    },
  };
}

/** For writing down what it holds. */
const stopBoundMs = 30_000;

/** Against an Azurite that hangs; one that dies is noticed at once, and a busy machine takes its time. */
const startBoundMs = 600_000;

/** Reads where each service listens from what Azurite prints. */
function announcedOrigins(child: ChildProcess): Promise<StorageEndpoints> {
  return new Promise((resolve, reject) => {
    const found: Partial<Record<string, string>> = {};
    let printed = '';
    const fail = (reason: string) => {
      clearTimeout(bound);
      child.kill('SIGKILL');
      reject(new Error(`Azurite ${reason}: ${printed.slice(-500)}`));
    };
    const bound = setTimeout(() => fail(`did not start within ${startBoundMs / 1000} s`), startBoundMs);
    const read = (chunk: Buffer) => {
      if (printed.length < 100_000) printed += chunk.toString();
      for (const [, service, origin] of printed.matchAll(/Azurite (\w+) service is successfully listening at (\S+)/g)) {
        found[String(service).toLowerCase()] = origin;
      }
      const { blob, queue, table } = found as Partial<StorageEndpoints>;
      if (!blob || !queue || !table) return;
      clearTimeout(bound);
      child.off('exit', onExit);
      resolve({ blob, queue, table });
    };
    const onExit = (code: number | null) => fail(`ended with ${code}`);
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', onExit);
  });
}
