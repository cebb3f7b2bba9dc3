import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChainedTokenCredential, ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { azureCredential, entraToken, reasonOf } from '../../../shared/azure/identity.ts';

const audience = 'api://cloudtrail-connector';

describe('azureCredential', () => {
  it('is the managed identity in Azure, and a chain of tools on a desk', () => {
    expect(azureCredential({ kind: 'managed-identity' })).toBeInstanceOf(ManagedIdentityCredential);
    expect(azureCredential({ kind: 'developer' })).toBeInstanceOf(ChainedTokenCredential);
  });
});

describe('entraToken', () => {
  let server: Server;
  let status = 200;
  const asked: { url: URL; secret: string | string[] | undefined }[] = [];

  // One server for all: the library keeps the first identity endpoint it used for as long as the process lives.
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ url: new URL(request.url ?? '', 'http://identity'), secret: request.headers['x-identity-header'] });
      const expires_on = Math.floor(Date.now() / 1000) + 3600;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(
          JSON.stringify(
            status === 200
              ? { access_token: 'signed.by.entra', expires_on, resource: audience, token_type: 'Bearer' }
              : { error: 'invalid_resource', error_description: 'AADSTS500011: The resource principal was not found' },
          ),
        );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${port}/msi/token`);
    vi.stubEnv('IDENTITY_HEADER', 'only-known-inside');
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("asks the function app's identity endpoint for the audience", async () => {
    status = 200;
    const credential = azureCredential({ kind: 'managed-identity', clientId: 'user-assigned' });

    expect(await entraToken(credential, audience)).toBe('signed.by.entra');

    const [request] = asked;
    expect(request?.secret).toBe('only-known-inside');
    expect(request?.url.searchParams.get('resource')).toBe(audience);
    expect(request?.url.searchParams.get('client_id')).toBe('user-assigned');
  });

  it('says what to do when there is no such audience, asking once', async () => {
    status = 400;
    const credential = azureCredential({ kind: 'managed-identity', clientId: 'another' });

    await expect(entraToken(credential, 'api://unknown')).rejects.toMatchObject({
      code: 'identity-unavailable',
      belongsTo: 'pipeline',
      message: expect.stringContaining('no Entra token for the audience api://unknown'),
      remedy: expect.stringContaining('AWS_WEB_IDENTITY_AUDIENCE'),
    });
    expect(asked).toHaveLength(1);
  });

  it.each([500, 503, 429])('accuses nobody after an answer %i, asking once', async (answered) => {
    status = answered;
    const credential = azureCredential({ kind: 'managed-identity', clientId: `after-${answered}` });

    const failure: unknown = await entraToken(credential, audience).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 'identity-unavailable', retry: true, remedy: undefined });
    expect(asked).toHaveLength(1);
  });

  it('does not wait for ever', async () => {
    const getToken = () => new Promise<never>(() => undefined);

    await expect(entraToken({ getToken }, audience, 10)).rejects.toMatchObject({
      code: 'identity-unavailable',
      message: expect.stringContaining('did not answer in time'),
    });
  });

  it('takes an absent token for a failure', async () => {
    await expect(entraToken({ getToken: async () => null }, audience)).rejects.toMatchObject({
      code: 'identity-unavailable',
    });
  });
});

describe('reasonOf', () => {
  it('keeps to one short line', () => {
    expect(reasonOf(new Error(`one\ntwo${'.'.repeat(1_000)}`))).toMatch(/^one two\.+$/);
    expect(reasonOf(new Error('x'.repeat(1_000))).length).toBeLessThan(310);
    expect(reasonOf('thrown text')).toBe('the credential failed without a reason');
  });
});
