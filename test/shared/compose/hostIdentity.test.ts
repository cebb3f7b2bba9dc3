import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { composeState } from '../../../shared/compose/state.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { readSettings } from '../../../shared/settings/settings.ts';

const environment = {
  WORKSPACE_ID: '3c1f5f0e-6f0a-4f5c-9d1b-2a7e8c4d9b10',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/reader',
  AWS_HUB_ROLE_ARN: 'arn:aws:iam::444455556666:role/hub',
  AWS_WEB_IDENTITY_AUDIENCE: 'api://connector',
  SQS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/trail',
  ALLOWED_BUCKETS: 'trail-bucket',
  LOGS_INGESTION_ENDPOINT: 'https://trail-ab12.westeurope-1.ingest.monitor.azure.com',
  DCR_IMMUTABLE_IDS: 'dcr-0123456789abcdef0123456789abcdef',
};
const storage = {
  accountName: 'stexample',
  credential: 'managedidentity',
  clientId: '9a2f5a53-0c2e-4c43-8f7b-5b0f6f0f3e21',
};

describe('composeState', () => {
  let server: Server;
  const asked: URL[] = [];
  /** That of the app, for Azure Monitor: a call would go out into the world. */
  const others = { getToken: () => Promise.reject(new Error('the credential of the app was asked')) };

  beforeAll(async () => {
    // Refusing the token ends the matter before anything is sent to the account.
    server = createServer((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://identity'));
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"error":"x","error_description":"out of order"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'only-known-inside');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const stateAs = (identity: 'managed-identity' | 'developer') => {
    const reading = readSettings(environment);
    if (!reading.ok) throw new Error(reading.problems.join('\n'));
    const parts = { clock: systemClock, instance: 'one', storage, identity };
    return composeState(reading.settings, others, parts).stateOf(reading.settings.sources[0]);
  };

  it("enters the storage with the host's own identity", async () => {
    await expect(stateAs('managed-identity').circuits.load()).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: expect.stringContaining('at the table service stexample.table.core.windows.net: '),
      remedy: undefined,
    });
    expect(asked.map(({ searchParams }) => [searchParams.get('client_id'), searchParams.get('resource')])).toEqual([
      [storage.clientId, 'https://storage.azure.com'],
    ]);
  });

  it('enters it with whoever is signed in on a desk', async () => {
    await expect(stateAs('developer').circuits.load()).rejects.toThrow('the credential of the app was asked');
  });
});
