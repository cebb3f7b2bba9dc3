import { describe, expect, it } from 'vitest';
import type { Storage } from '../../../../../shared/azure/storage/account.ts';
import { storageUnavailable } from '../../../../../shared/azure/storage/failure.ts';
import type { Finding } from '../../../../../shared/compose/check/link.ts';
import type { AddressesOf } from '../../../../../shared/compose/check/links/privateEndpoint.ts';
import { storageLinks } from '../../../../../shared/compose/check/links/storage.ts';

const hosts = {
  table: 'acme.table.core.windows.net',
  blob: 'acme.blob.core.windows.net',
  queue: 'acme.queue.core.windows.net',
};

/** An account that keeps what is written, and hands it out as `read` says. */
function account(read: (written: string) => string | undefined) {
  const acts: string[] = [];
  let written = '';
  const put = async (act: string, value: string) => {
    acts.push(act);
    written = value;
  };
  const storage = {
    hosts,
    table: () => ({
      put: ({ mark }: { mark: string }) => put('put entity', mark),
      read: async () => ({ entity: { mark: read(written) } }),
      remove: async () => void acts.push('remove entity'),
    }),
    blobs: () => ({
      put: (_: string, content: string) => put('put blob', content),
      read: async () => read(written),
      remove: async () => void acts.push('remove blob'),
    }),
    queue: () => ({
      send: (text: string) => put('send', text),
      count: async () => 1,
      take: async () => read(written),
      drop: async () => void acts.push('drop queue'),
    }),
  } as unknown as Storage;
  return { storage, acts };
}

/** One after the other, as a check walks them. */
async function findings(storage: Storage, addressesOf: AddressesOf = async () => []) {
  const found: Finding[] = [];
  for (const link of storageLinks(storage, [], addressesOf)) found.push(await link.run(new AbortController().signal));
  return found;
}

describe('storageLinks', () => {
  it('write, read, compare and remove', async () => {
    const { storage, acts } = account((written) => written);
    expect((await findings(storage)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(acts.sort()).toEqual(['drop queue', 'put blob', 'put entity', 'remove blob', 'remove entity', 'send']);
  });

  it.each([undefined, 'of somebody else'])('fail when %j is read, and remove it all the same', async (read) => {
    const { storage, acts } = account(() => read);
    expect((await findings(storage)).map(({ cause }) => cause)).toEqual(Array(3).fill('storage-differs'));
    expect(acts).toHaveLength(6);
  });

  const refused = (code: string, status?: number) => {
    const error = Object.assign(new Error(code), { code }, status === undefined ? {} : { statusCode: status });
    const table = () => ({
      put: () => Promise.reject(storageUnavailable('writing', { kind: 'table', host: hosts.table }, error, 1)),
    });
    return { ...account((written) => written).storage, table } as unknown as Storage;
  };
  const isTable = (host: string) => host.includes('.table.');

  it.each([
    ['public', async (host: string) => (isTable(host) ? ['20.60.1.2'] : ['10.0.0.4'])],
    ['without an address', async (host: string) => (isTable(host) ? [] : ['fd00::4'])],
  ])('miss the private endpoint of a service that is %s while others are private', async (_, addressesOf) => {
    const [table] = await findings(refused('AuthorizationFailure', 403), addressesOf);
    expect(table).toMatchObject({
      cause: 'private-endpoint-missing',
      remedy: expect.stringContaining('privatelink.table.core.windows.net'),
    });
  });

  it.each([
    ['all are public', 'AuthorizationFailure', 403, 'storage-network-closed', async () => ['20.60.1.2']],
    ['all are private', 'AuthorizationFailure', 403, 'storage-network-closed', async () => ['10.0.0.4']],
    ['nobody answers', 'ETIMEDOUT', undefined, 'storage-unreachable', async () => ['10.0.0.4']],
    [
      'the role is missing',
      'AuthorizationPermissionMismatch',
      403,
      'storage-role-missing',
      async (host: string) => (isTable(host) ? [] : ['10.0.0.4']),
    ],
  ] as const)('name the cause when %s', async (_, code, status, cause, addressesOf) => {
    const [table] = await findings(refused(code, status), addressesOf);
    expect(table).toMatchObject({ status: 'failure', cause });
  });
});
