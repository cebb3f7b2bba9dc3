import type { Storage } from '../../../azure/storage/account.ts';
import { failure, type Link, ok, warning } from '../link.ts';

/** Names of the links, for those that need one. */
export const storageLinkNames = { table: 'storage: tables', blob: 'storage: blobs', queue: 'storage: queues' } as const;

const noStorage = warning(
  'storage-missing',
  'AzureWebJobsStorage is missing: nothing is remembered between runs, so duplicates are possible and failures are not kept',
  'Set AzureWebJobsStorage, or AzureWebJobsStorage__accountName, to the storage account of the function app.',
);

/**
 * Each service of the account by its own host, since each has a private endpoint, network rules and a role of its own.
 * Each is written to: the roles that only read would pass for enough otherwise. What is written is taken away again, or
 * goes by itself.
 */
export function storageLinks(storage: Storage | undefined, needs: Link['needs']): readonly Link[] {
  const link = (kind: keyof typeof storageLinkNames, look: (opened: Storage) => Promise<string>): Link => ({
    name: storageLinkNames[kind],
    needs,
    run: async () => (storage === undefined ? noStorage : ok(await look(storage))),
  });
  return [
    link('table', async (opened) => {
      const table = opened.table('ledger');
      const key = { partitionKey: mark, rowKey: mark };
      await table.put({ ...key });
      await table.remove(key);
      return `written and read at ${opened.hosts.table}`;
    }),
    link('blob', async (opened) => {
      const blobs = opened.blobs('failed-messages');
      await blobs.put(mark, '');
      await blobs.read(mark);
      return `written and read at ${opened.hosts.blob}`;
    }),
    link('queue', async (opened) => {
      await opened.queue(mark).send('{}', 1);
      return `written to at ${opened.hosts.queue}`;
    }),
  ];
}

const mark = 'connection-check';

/** More than this and requests to AWS are refused before their clocks are compared. https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html */
const mostSkewMs = 5 * 60_000;

/** This machine's clock, by the time that storage tells with its answers. */
export function clockLink(storage: Storage | undefined): Link {
  return {
    name: 'clock',
    needs: [storageLinkNames.table],
    run: async () => {
      if (storage === undefined) return { status: 'not-verifiable', detail: 'without storage nobody tells the time' };
      const ms = storage.time.differenceMs;
      if (ms === 0) return ok('agrees with that of the storage service to within 5 seconds');
      const detail = `is ${Math.abs(Math.round(ms / 1000))} seconds ${ms > 0 ? 'behind' : 'ahead of'} that of the storage service`;
      const remedy = 'Set the clock of this machine (NTP); AWS refuses signatures that are 5 minutes off.';
      return Math.abs(ms) > mostSkewMs
        ? failure('clock-differs', detail, remedy)
        : warning('clock-differs', detail, remedy);
    },
  };
}
