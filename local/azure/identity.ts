import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { Clock } from '../../shared/words/clock.ts';
import { closeServer, listenOnLoopback } from '../process/loopbackServer.ts';
import { createFaults, type Fault, type Faults } from './ingestion/faults.ts';

export interface IdentityOptions {
  readonly clock: Clock;
  readonly tenantId: string;
  /** Object ID of the app's managed identity: `sub` and `oid` of its tokens. */
  readonly principalId: string;
  /** Application ID of the managed identity: `appid` of its tokens. */
  readonly clientId?: string;
  /** App registrations this tenant knows, besides Azure's own resources; default: every `api://` audience. */
  readonly audiences?: readonly string[];
  /** A managed identity's token lives 24 h: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-faq */
  readonly lifetimeSeconds?: number;
  readonly seed?: number;
}

/** The running token endpoint of a managed identity. */
export interface LocalIdentity {
  /** Value for IDENTITY_ENDPOINT. */
  readonly endpoint: string;
  /** Value for IDENTITY_HEADER. */
  readonly header: string;
  readonly issuer: string;
  readonly principalId: string;
  readonly clientId: string;
  /** Public keys of the tokens' signatures. */
  jwks(): JSONWebKeySet;
  /** Makes a token without a request: for tests of those who check tokens. */
  issueToken(resource: string, overrides?: TokenOverrides): Promise<string>;
  /** Provokes a misconfiguration: tokens of another principal; undefined restores. */
  setSubject(subject: string | undefined): void;
  /** Provokes a misconfiguration: tokens for another audience than asked; undefined restores. */
  setAudience(audience: string | undefined): void;
  readonly faults: Faults;
  /** Requests answered with a token. */
  readonly issued: () => number;
  stop(): Promise<void>;
}

export interface TokenOverrides {
  readonly subject?: string;
  readonly audience?: string;
  readonly issuer?: string;
  /** Seconds from now; negative makes an expired token. */
  readonly expiresInSeconds?: number;
}

const azureResources = [
  'https://monitor.azure.com',
  'https://management.azure.com',
  'https://storage.azure.com',
  'https://vault.azure.net',
];

/**
 * The token endpoint a function app sees in App Service, signing tokens of its own tenant.
 * Protocol: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startIdentity(options: IdentityOptions): Promise<LocalIdentity> {
  const { clock, tenantId, principalId } = options;
  const clientId = options.clientId ?? principalId;
  const lifetimeSeconds = options.lifetimeSeconds ?? 86_400;
  const issuer = `https://sts.windows.net/${tenantId}/`;
  const header = randomBytes(16).toString('hex');
  const faults = createFaults(options.seed);
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const kid = randomBytes(8).toString('hex');
  const keys: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  let subjectOverride: string | undefined;
  let audienceOverride: string | undefined;
  let issued = 0;

  const issueToken = (resource: string, overrides: TokenOverrides = {}): Promise<string> => {
    const nowSeconds = Math.floor(clock.now() / 1000);
    const subject = overrides.subject ?? subjectOverride ?? principalId;
    return new SignJWT({ oid: subject, appid: clientId, idp: issuer, tid: tenantId, idtyp: 'app', ver: '1.0' })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
      .setIssuer(overrides.issuer ?? issuer)
      .setSubject(subject)
      .setAudience(overrides.audience ?? audienceOverride ?? resource)
      .setIssuedAt(nowSeconds)
      .setNotBefore(nowSeconds)
      .setExpirationTime(nowSeconds + (overrides.expiresInSeconds ?? lifetimeSeconds))
      .sign(privateKey);
  };

  const answerToken = async (url: URL, response: ServerResponse): Promise<void> => {
    const resource = url.searchParams.get('resource') ?? '';
    const asked = url.searchParams.get('client_id');
    if (!isKnown(resource, options.audiences)) {
      answer(
        response,
        400,
        refusal(
          'invalid_resource',
          `AADSTS500011: The resource principal named ${resource} was not found in the tenant ${tenantId}.`,
        ),
      );
    } else if (asked !== null && asked !== clientId) {
      answer(
        response,
        400,
        refusal('invalid_client', `No managed identity with client ID ${asked} is assigned to this app.`),
      );
    } else {
      const token = await issueToken(resource);
      issued++;
      answer(response, 200, {
        access_token: token,
        expires_on: String(Math.floor(clock.now() / 1000) + lifetimeSeconds),
        resource,
        token_type: 'Bearer',
        client_id: clientId,
      });
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname !== '/msi/token' || request.method !== 'GET')
      return answer(response, 404, refusal('not_found', 'The only path is GET /msi/token.'));
    const fault = faults.draw(`${url.pathname}${url.search}`);
    if (fault && (await show(fault, clock, response)) === 'answered') return;
    if (request.headers['x-identity-header'] !== header)
      return answer(response, 401, refusal('unauthorized', 'X-IDENTITY-HEADER is missing or wrong.'));
    if (url.searchParams.get('api-version') !== '2019-08-01')
      return answer(response, 400, refusal('bad_request', 'api-version must be 2019-08-01.'));
    await answerToken(url, response);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}/msi/token`,
    header,
    issuer,
    principalId,
    clientId,
    jwks: () => keys,
    issueToken,
    setSubject(subject) {
      subjectOverride = subject;
    },
    setAudience(audience) {
      audienceOverride = audience;
    },
    faults,
    issued: () => issued,
    stop: () => closeServer(server),
  };
}

function isKnown(resource: string, audiences: readonly string[] | undefined): boolean {
  if (azureResources.includes(resource.replace(/\/$/, ''))) return true;
  return audiences ? audiences.includes(resource) : resource.startsWith('api://');
}

async function show(fault: Fault, clock: Clock, response: ServerResponse): Promise<'answered' | 'goes-on'> {
  if (fault.latencyMs !== undefined) await clock.sleep(fault.latencyMs);
  if (fault.kind === 'latency') return 'goes-on';
  if (fault.kind === 'status') {
    if (fault.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(fault.retryAfterSeconds));
    answer(response, fault.status ?? 503, refusal('fault', 'A planned fault.'));
  } else if (fault.kind !== 'stall') {
    response.socket?.resetAndDestroy();
  }
  return 'answered';
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function refusal(error: string, description: string): object {
  return { error, error_description: description, statusCode: 400, message: description };
}
