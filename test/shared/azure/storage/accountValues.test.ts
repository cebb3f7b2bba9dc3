import { describe, expect, it } from 'vitest';
import {
  hostIdentity,
  storageAccount,
  storageProblems,
  storageValues,
} from '../../../../shared/azure/storage/accountValues.ts';

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

describe('storageValues', () => {
  it('reads what the Functions host reads', () => {
    const environment = {
      AzureWebJobsStorage__accountName: 'stexample',
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: ' 9a2f5a53-0c2e-4c43-8f7b-5b0f6f0f3e21 ',
      AzureWebJobsStorage__tableServiceUri: 'https://t',
    };
    expect(storageValues(environment)).toMatchObject({
      accountName: 'stexample',
      credential: 'managedidentity',
      clientId: '9a2f5a53-0c2e-4c43-8f7b-5b0f6f0f3e21',
      tableServiceUri: 'https://t',
    });
  });
});

describe('hostIdentity', () => {
  it.each([
    [
      'the user-assigned one',
      { clientId: 'one', credential: 'managedidentity' },
      { kind: 'managed-identity', clientId: 'one' },
    ],
    ['a client ID alone', { clientId: 'one' }, { kind: 'managed-identity', clientId: 'one' }],
    ['the system-assigned one', { credential: 'managedidentity' }, { kind: 'managed-identity', clientId: undefined }],
    ['none of its own', { accountName: 'acme', clientId: '' }, undefined],
  ])('is %s', (_, values, expected) => {
    expect(hostIdentity(values)).toEqual(expected);
  });
});

describe('storageProblems', () => {
  const key = Buffer.alloc(64, 7).toString('base64');
  const good = `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=${key};EndpointSuffix=core.windows.net`;

  it.each([
    ['nothing', {}],
    ['a connection string', { connectionString: good }],
    ['the emulator', { connectionString: 'UseDevelopmentStorage=true' }],
    [
      'a name',
      { accountName: 'stexample', credential: 'managedidentity', clientId: '5b0e5ad1-6f0e-4bb3-9c1d-0a1b2c3d4e5f' },
    ],
    [
      'addresses',
      { tableServiceUri: 'https://acme.table.core.windows.net/', blobServiceUri: 'http://127.0.0.1:10000/acme' },
    ],
  ])('finds nothing wrong with %s', (_, values) => {
    expect(storageProblems(values)).toEqual([]);
  });

  it.each([
    'garbage',
    'AccountName=acme',
    `AccountName=acme;AccountKey=${key.slice(0, 10)}`.replace('AccountName=acme;', ''),
    '@Microsoft.KeyVault(SecretUri=https://example.vault.azure.net/secrets/storage)',
    'DefaultEndpointsProtocol=https;AccountName=;AccountKey=;EndpointSuffix=core.windows.net',
    'BlobEndpoint=https://acme.blob.core.windows.net;SharedAccessSignature=sv=2024&sig=secret',
    key,
  ])('names the setting of a garbage connection string, and shows nothing of it: %s', (connectionString) => {
    const problems = storageProblems({ connectionString });
    expect(problems).toEqual([
      'AzureWebJobsStorage must be the connection string of a storage account with tables, blobs and queues; the value is not shown',
    ]);
  });

  it.each([
    [{ accountName: 'https://acme' }, /^AzureWebJobsStorage__accountName must be/],
    [{ credential: 'secret' }, /^AzureWebJobsStorage__credential must be managedidentity/],
    [
      { blobServiceUri: 'http://acme.blob.core.windows.net' },
      /^AzureWebJobsStorage__blobServiceUri must be the https URL/,
    ],
    [{ queueServiceUri: 'https://user@evil.example' }, /^AzureWebJobsStorage__queueServiceUri must be/],
  ])('refuses %j', (values, problem) => {
    expect(storageProblems(values)).toEqual([expect.stringMatching(problem)]);
  });
});
