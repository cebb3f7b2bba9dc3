import { describe, expect, it } from 'vitest';
import { storageAccount } from '../../../../shared/azure/storage/accountValues.ts';

const credential = { getToken: async () => null };
const account = {
  kind: 'identity',
  tableEndpoint: 'https://acme.table.core.windows.net',
  blobEndpoint: 'https://acme.blob.core.windows.net',
  queueEndpoint: 'https://acme.queue.core.windows.net',
  credential,
};
const inGovernment = {
  kind: 'identity',
  tableEndpoint: 'https://acme.table.core.usgovcloudapi.net',
  blobEndpoint: 'https://acme.blob.core.usgovcloudapi.net',
  queueEndpoint: 'https://acme.queue.core.usgovcloudapi.net',
  credential,
};

describe('storageAccount', () => {
  it.each([
    [
      'a connection string',
      { connectionString: 'a=b', accountName: 'x' },
      { kind: 'connection-string', connectionString: 'a=b' },
    ],
    ['a name', { connectionString: '', accountName: 'acme' }, account],
    [
      'addresses',
      {
        accountName: 'x',
        tableServiceUri: 'https://acme.table.core.windows.net/',
        blobServiceUri: 'https://acme.blob.core.windows.net/',
      },
      account,
    ],
    ['the address of its blobs alone', { blobServiceUri: 'https://acme.blob.core.usgovcloudapi.net' }, inGovernment],
    ['the address of its tables alone', { tableServiceUri: 'https://acme.table.core.usgovcloudapi.net' }, inGovernment],
    ['nothing', { accountName: '' }, undefined],
    ['an address from which the others do not follow', { blobServiceUri: 'https://storage.example' }, undefined],
  ])('is known by %s', (_, values, expected) => {
    expect(storageAccount(values, credential)).toEqual(expected);
  });
});
