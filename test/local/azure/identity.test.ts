import { ManagedIdentityCredential } from '@azure/identity';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalIdentity, startIdentity } from '../../../local/azure/identity.ts';
import { movableClock, principal, tenant } from './support.ts';

let identity: LocalIdentity;
const clock = movableClock(Date.now());

beforeAll(async () => {
  identity = await startIdentity({ clock, tenantId: tenant, principalId: principal });
  process.env['IDENTITY_ENDPOINT'] = identity.endpoint;
  process.env['IDENTITY_HEADER'] = identity.header;
});
afterAll(() => identity.stop());

const ask = (query: string, header = identity.header) =>
  fetch(`${identity.endpoint}?${query}`, { headers: { 'X-IDENTITY-HEADER': header } });

const tokenFor = async (resource: string) => {
  const response = await ask(`api-version=2019-08-01&resource=${encodeURIComponent(resource)}`);
  return ((await response.json()) as { access_token: string }).access_token;
};

describe('startIdentity', () => {
  it('gives the real managed identity credential a token for Azure Monitor', async () => {
    const { token } = await new ManagedIdentityCredential().getToken('https://monitor.azure.com/.default');
    const { payload } = await jwtVerify(token, createLocalJWKSet(identity.jwks()), { issuer: identity.issuer });
    expect(payload).toMatchObject({ aud: 'https://monitor.azure.com', oid: principal, tid: tenant });
  });

  it('signs an app registration token as Entra v1 does', async () => {
    const claims = decodeJwt(await tokenFor('api://aws-federation'));
    expect(claims).toMatchObject({
      iss: `https://sts.windows.net/${tenant}/`,
      aud: 'api://aws-federation',
      sub: principal,
      oid: principal,
      appid: identity.clientId,
    });
  });

  it('refuses what App Service refuses', async () => {
    const query = 'api-version=2019-08-01&resource=https://storage.azure.com';
    expect((await ask(query)).status).toBe(200);
    expect((await ask(query, 'wrong')).status).toBe(401);
    expect((await ask('api-version=2017-09-01&resource=https://storage.azure.com')).status).toBe(400);
    expect((await ask('api-version=2019-08-01&resource=https://unknown.example')).status).toBe(400);
    expect((await ask(`${query}&client_id=another`)).status).toBe(400);
    expect((await fetch(new URL('/other', identity.endpoint))).status).toBe(404);
  });

  it('provokes a wrong subject and a wrong audience', async () => {
    identity.setSubject('another-principal');
    identity.setAudience('api://another');
    expect(decodeJwt(await tokenFor('api://aws'))).toMatchObject({ sub: 'another-principal', aud: 'api://another' });
    identity.setSubject(undefined);
    identity.setAudience(undefined);
    expect(decodeJwt(await tokenFor('api://aws'))).toMatchObject({ sub: principal, aud: 'api://aws' });
  });

  it('shows planned faults and counts them', async () => {
    identity.faults.plan([{ kind: 'status', status: 429, retryAfterSeconds: 7, latencyMs: 10, times: 1 }]);
    const response = await ask('api-version=2019-08-01&resource=https://monitor.azure.com');
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
    identity.faults.plan([{ kind: 'reset', times: 1 }]);
    await expect(ask('api-version=2019-08-01&resource=https://monitor.azure.com')).rejects.toThrow();
    expect(identity.faults.met).toMatchObject({ 429: 1, reset: 1 });
  });
});
