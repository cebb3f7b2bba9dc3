import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createRawServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openStorage, type Storage, type StorageOptions } from '../../../../shared/azure/storage/account.ts';
import type { Table } from '../../../../shared/azure/storage/table.ts';
import type { ConnectorError } from '../../../../shared/words/errors.ts';

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An account whose services are all one server on this machine. */
function accountAt(port: number) {
  const url = `http://127.0.0.1:${port}/acme`;
  const key = Buffer.from('secret-key').toString('base64');
  return `DefaultEndpointsProtocol=http;AccountName=acme;AccountKey=${key};TableEndpoint=${url};BlobEndpoint=${url};QueueEndpoint=${url};`;
}

async function listen(server: Server | ReturnType<typeof createRawServer>): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

interface World {
  readonly clock: { time: number; now(): number };
  readonly table: Table;
  readonly requests: { made: number };
}

async function world(answer: RequestListener, options: Partial<StorageOptions> = {}): Promise<World> {
  const requests = { made: 0 };
  const port = await listen(
    createServer((request, response) => {
      requests.made += 1;
      request.resume();
      answer(request, response);
    }),
  );
  const clock = {
    time: 0,
    now() {
      return this.time;
    },
  };
  const connectionString = accountAt(port);
  const storage = openStorage({ kind: 'connection-string', connectionString }, { clock, ...options });
  return { clock, requests, table: storage.table('ledger') };
}

const refuse =
  (status: number, code: string): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: 'secret-key' } } }));
  };

const key = { partitionKey: 'p', rowKey: 'r' };

function failureOf(request: Promise<unknown>): Promise<ConnectorError> {
  return request.then(
    () => Promise.reject(new Error('nothing failed')),
    (error: ConnectorError) => error,
  );
}

describe('openStorage', () => {
  it.each([
    [403, 'AuthorizationPermissionMismatch', /Storage Table Data Contributor/],
    [403, 'AuthorizationFailure', /network rules/],
    [403, 'AuthenticationFailed', /Check AzureWebJobsStorage/],
    [401, 'InvalidAuthenticationInfo', /Check AzureWebJobsStorage/],
    [403, 'AccountIsDisabled', /^Enable the storage account/],
    [403, 'InsufficientAccountPermissions', /shared access signature/],
    [403, 'AuthorizationSourceIPMismatch', /network rules/],
    [403, 'KeyBasedAuthenticationNotPermitted', /AzureWebJobsStorage__accountName/],
    [503, 'ServerBusy', undefined],
    [500, 'OperationTimedOut', undefined],
  ])('tells %i %s with what to do about it, in one request', async (status, code, remedy) => {
    const { requests, table } = await world(refuse(status, code));
    const failure = await failureOf(table.read(key));
    expect(failure).toMatchObject({ code: 'storage-unavailable', belongsTo: 'pipeline' });
    expect(failure.message).toMatch(
      new RegExp(`^reading the table ledger at the table service 127.0.0.1:\\d+: HTTP ${status} ${code}$`),
    );
    if (remedy === undefined) expect(failure.remedy).toBeUndefined();
    else expect(failure.remedy).toMatch(remedy);
    expect(requests.made).toBe(1);
  });

  it('is refused at once for a while after a failure, then lets one request through', async () => {
    const { clock, requests, table } = await world(refuse(503, 'ServerBusy'));
    await failureOf(table.read(key));
    const refused = await failureOf(table.write({ kind: 'insert', entity: key }));
    expect(refused.message).toMatch(
      /^writing to the table ledger: not tried, as moments ago reading the table ledger at/,
    );
    expect(requests.made).toBe(1);
    clock.time += 5_000;
    await Promise.all([1, 2, 3].map(() => failureOf(table.read(key))));
    expect(requests.made).toBe(2);
  });

  it('works again as soon as a request succeeds', async () => {
    let answer = refuse(503, 'ServerBusy');
    const { clock, requests, table } = await world((request, response) => answer(request, response));
    await failureOf(table.read(key));
    clock.time += 5_000;
    answer = refuse(404, 'ResourceNotFound');
    expect(await table.read(key)).toBeUndefined();
    expect(await table.read(key)).toBeUndefined();
    expect(requests.made).toBe(3);
  });

  it('does not take a request that is wrong in itself for an outage', async () => {
    const { requests, table } = await world(refuse(400, 'PropertyValueTooLarge'));
    const failure = await failureOf(table.write({ kind: 'insert', entity: key }));
    await failureOf(table.removeTogether([key, { ...key, rowKey: 's' }]));
    await failureOf(table.remove(key));
    await failureOf(table.put(key));
    expect(failure.message).toMatch(/HTTP 400 PropertyValueTooLarge$/);
    expect(requests.made).toBe(4);
  });

  it('gives up on a service that does not answer, and passes its remedy on to those refused', async () => {
    const port = await listen(createRawServer());
    const clock = { now: () => 0 };
    const options = { clock, timeoutMs: 50 };
    const storage = openStorage({ kind: 'connection-string', connectionString: accountAt(port) }, options);
    const failure = await failureOf(storage.table('ledger').read(key));
    expect(failure.message).toMatch(/: no answer within 50 ms, given up$/);
    const refused = await failureOf(storage.table('circuits').read(key));
    expect(refused.message).toMatch(/^reading the table circuits: not tried/);
    // Another service is another host: only asking tells.
    const blobs = await failureOf(storage.blobs('bodies').put('a', 'b'));
    expect(blobs.message).toMatch(/^writing to the container bodies at the blob service/);
  });

  it('makes a request once more over a new connection when a kept one was closed', async () => {
    let resets = 1;
    const { requests, table } = await world((request, response) => {
      resets -= 1;
      if (resets >= 0) request.socket.destroy();
      else refuse(404, 'ResourceNotFound')(request, response);
    });
    expect(await table.read(key)).toBeUndefined();
    expect(requests.made).toBe(2);
  });

  it('says so when the identity has no token', async () => {
    const getToken = async () => {
      throw Object.assign(new Error('no managed identity'), { name: 'CredentialUnavailableError' });
    };
    const endpoint = 'https://127.0.0.1:1';
    const storage = openStorage(
      {
        kind: 'identity',
        tableEndpoint: endpoint,
        blobEndpoint: endpoint,
        queueEndpoint: endpoint,
        credential: { getToken },
      },
      { clock: { now: () => 0 } },
    );
    const failure = await failureOf(storage.table('ledger').read(key));
    expect(failure.message).toBe('reading the table ledger at the table service 127.0.0.1:1: no managed identity');
    expect(failure.remedy).toMatch(/managed identity/);
  });

  it.each([
    ['table', 'Storage Table Data Contributor', (storage: Storage) => storage.table('ledger').read(key)],
    ['blob', 'Storage Blob Data Owner', (storage: Storage) => storage.blobs('bodies').read('a')],
    ['queue', 'Storage Queue Data Contributor', (storage: Storage) => storage.queue('tickets').count()],
  ])('names the %s service, its host and its role', async (kind, role, act) => {
    const port = await listen(
      createServer((request, response) => {
        request.resume();
        response.writeHead(403, {
          'x-ms-error-code': 'AuthorizationPermissionMismatch',
          'content-type': 'application/json',
        });
        response.end(JSON.stringify({ 'odata.error': { code: 'AuthorizationPermissionMismatch' } }));
      }),
    );
    const account = { kind: 'connection-string', connectionString: accountAt(port) } as const;
    const failure = await failureOf(act(openStorage(account, { clock: { now: () => 0 } })));
    expect(failure.message).toContain(
      `at the ${kind} service 127.0.0.1:${port}: HTTP 403 AuthorizationPermissionMismatch`,
    );
    expect(failure.remedy).toContain(role);
  });

  it.each([
    ['table', (storage: Storage) => storage.table('ledger').put(key)],
    ['table', (storage: Storage) => storage.table('ledger').write({ kind: 'insert', entity: key })],
    ['table', (storage: Storage) => storage.table('ledger').read(key)],
    ['blob', (storage: Storage) => storage.blobs('bodies').put('a', 'b')],
    ['blob', (storage: Storage) => storage.blobs('bodies').read('a')],
    ['queue', (storage: Storage) => storage.queue('tickets').send('a', 60)],
  ])('does not take the page of a portal for an answer of the %s service', async (kind, act) => {
    const port = await listen(
      createServer((request, response) => {
        request.resume();
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>');
      }),
    );
    const account = { kind: 'connection-string', connectionString: accountAt(port) } as const;
    const failure = await failureOf(act(openStorage(account, { clock: { now: () => 0 } })));
    expect(failure).toMatchObject({ code: 'storage-unavailable' });
    expect(failure.message).toContain(`at the ${kind} service 127.0.0.1:${port}`);
  });

  it('accuses nobody when the identity endpoint is out of order for a moment', async () => {
    const endpoint = 'https://127.0.0.1:1';
    const getToken = async () => {
      throw Object.assign(new Error('oops', { cause: { status: 500 } }), { name: 'CredentialUnavailableError' });
    };
    const account = {
      kind: 'identity',
      tableEndpoint: endpoint,
      blobEndpoint: endpoint,
      queueEndpoint: endpoint,
    } as const;
    const storage = openStorage({ ...account, credential: { getToken } }, { clock: { now: () => 0 } });
    expect((await failureOf(storage.table('ledger').read(key))).remedy).toBeUndefined();
  });

  it('says so when the name of the account does not resolve', async () => {
    const unresolved = Object.assign(new Error('getaddrinfo ENOTFOUND acme'), { code: 'ENOTFOUND' });
    const sendRequest = () => Promise.reject(unresolved);
    const { table } = await world(refuse(500, ''), {
      policies: [{ policy: { name: 'unresolved', sendRequest }, position: 'perRetry' }],
    });
    const failure = await failureOf(table.read(key));
    expect(failure.remedy).toMatch(/does not resolve/);
  });
});
