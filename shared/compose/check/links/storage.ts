import { randomUUID } from 'node:crypto';
import type { Storage } from '../../../azure/storage/account.ts';
import { storageTroubleOf } from '../../../azure/storage/failure.ts';
import { ConnectorError } from '../../../words/errors.ts';
import { type Finding, failure, failureFrom, type Link, ok, warning } from '../link.ts';
import { type AddressesOf, missingEndpoint } from './privateEndpoint.ts';

/** Names of the links, for those that need one. */
export const storageLinkNames = { table: 'storage: tables', blob: 'storage: blobs', queue: 'storage: queues' } as const;

type Kind = keyof typeof storageLinkNames;

const noStorage = warning(
  'storage-missing',
  'AzureWebJobsStorage is missing: nothing is remembered between runs, so duplicates are possible and failures are not kept',
  'Set AzureWebJobsStorage, or AzureWebJobsStorage__accountName, to the storage account of the function app.',
);

/**
 * Each service of the account by its own host, since each has a private endpoint, network rules and a role of its own.
 * In each something is written, read, compared and taken away again: some roles only read, and some only write.
 */
export function storageLinks(
  storage: Storage | undefined,
  needs: Link['needs'],
  addressesOf: AddressesOf,
): readonly Link[] {
  const link = (kind: Kind): Link => ({
    name: storageLinkNames[kind],
    needs,
    run: async () => {
      if (storage === undefined) return noStorage;
      try {
        return await looks[kind](storage, `connection-check-${randomUUID()}`);
      } catch (error) {
        return await troubleOf(error, kind, storage.hosts, addressesOf);
      }
    },
  });
  return [link('table'), link('blob'), link('queue')];
}

/** `mark` is what is written, under a name of its own: several may check at one time. */
const looks: Readonly<Record<Kind, (storage: Storage, mark: string) => Promise<Finding>>> = {
  table: async (storage, mark) => {
    const table = storage.table('ledger');
    const key = { partitionKey: 'connection-check', rowKey: mark };
    await table.put({ ...key, mark });
    const read = await table.read(key);
    await table.remove(key);
    return same(read?.entity['mark'], mark, storage.hosts.table);
  },
  blob: async (storage, mark) => {
    const blobs = storage.blobs('failed-messages');
    await blobs.put(mark, mark);
    const read = await blobs.read(mark);
    await blobs.remove(mark);
    return same(read, mark, storage.hosts.blob);
  },
  queue: async (storage, mark) => {
    const queue = storage.queue(mark);
    await queue.send(mark, 60);
    await queue.count();
    const read = await queue.take();
    await queue.drop();
    return same(read, mark, storage.hosts.queue);
  },
};

function same(read: unknown, written: string, host: string): Finding {
  return read === written
    ? ok(`written, read and removed again at ${host}`)
    : failure(
        'storage-differs',
        `what was written at ${host} was read as ${read === undefined ? 'nothing' : 'something else'}`,
        'Find what stands between the app and the account, such as a proxy, a cache, or a second account of that name in DNS.',
      );
}

async function troubleOf(
  error: unknown,
  kind: Kind,
  hosts: Storage['hosts'],
  addressesOf: AddressesOf,
): Promise<Finding> {
  const finding = failureFrom(error);
  const trouble = error instanceof ConnectorError ? storageTroubleOf(error) : undefined;
  if (trouble === undefined) return finding;
  const isOfTheWay = /^storage-(?:name-unknown|network-closed|unreachable)$/.test(trouble);
  const missing = isOfTheWay ? await missingEndpoint(kind, hosts, addressesOf) : undefined;
  return missing ?? { ...finding, cause: trouble };
}
