import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LogsIngestionOptions,
  logsIngestionDestinations,
} from '../../../../shared/azure/ingestion/logsIngestion.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import { type Answer, type IngestionServer, startIngestionServer } from '../ingestionServer.ts';

const now = Date.parse('2026-11-01T00:00:00Z');
const clock = { now: () => now, sleep: () => Promise.resolve() };
const running = new AbortController().signal;
const scope = 'https://monitor.azure.com/.default';

/** Gives `token-1`, `token-2` and so on, each good for an hour. */
function countingCredential() {
  const credential = {
    given: 0,
    scopes: [] as (string | string[])[],
    getToken: async (asked: string | string[]) => {
      credential.given += 1;
      credential.scopes.push(asked);
      return { token: `token-${credential.given}`, expiresOnTimestamp: now + 3_600_000 };
    },
  };
  return credential;
}

const body = { gzipped: gzipSync('[{"A":1},{"A":2}]'), rows: 2, uncompressedBytes: 17 };

async function failureOf(work: Promise<void>): Promise<ConnectorError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  return error as ConnectorError;
}

describe('logsIngestionDestinations', () => {
  let server: IngestionServer;
  let credential: ReturnType<typeof countingCredential>;
  const destinations = (changed: Partial<LogsIngestionOptions> = {}) =>
    logsIngestionDestinations({
      endpoint: server.endpoint,
      scope,
      ruleIds: ['dcr-1'],
      stream: 'Custom-AWSCloudTrail',
      credential,
      clock,
      ca: server.ca,
      ...changed,
    });

  beforeEach(async () => {
    server = await startIngestionServer();
    credential = countingCredential();
  });
  afterEach(() => server.close());

  it('posts the compressed body as it is, once, to the rule and stream', async () => {
    const [destination] = destinations();

    await destination.upload(body, running);

    expect(server.seen).toHaveLength(1);
    const [request] = server.seen;
    expect(request?.method).toBe('POST');
    expect(request?.url).toBe('/dataCollectionRules/dcr-1/streams/Custom-AWSCloudTrail?api-version=2023-01-01');
    expect(request?.body.equals(body.gzipped)).toBe(true);
    expect(request?.header('content-encoding')).toBe('gzip');
    expect(request?.header('content-type')).toBe('application/json');
    expect(request?.header('authorization')).toBe('Bearer token-1');
    expect(request?.header('x-ms-client-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(request?.header('user-agent')).toContain('azsdk-js-monitor-ingestion');
  });

  it('offers one destination per rule, all over one connection and one token', async () => {
    const [first, second] = destinations({ ruleIds: ['dcr-1', 'dcr-2'] });

    await first.upload(body, running);
    await second?.upload(body, running);

    expect([first.rule, second?.rule]).toEqual(['dcr-1', 'dcr-2']);
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1]);
    expect(server.seen[1]?.url).toContain('/dataCollectionRules/dcr-2/');
    expect(credential.scopes).toEqual([scope]);
  });

  it('probes with an empty array', async () => {
    const [destination] = destinations();

    await destination.probe(running);

    expect(server.seen[0]?.text).toBe('[]');
    expect(server.seen[0]?.header('content-encoding')).toBe('gzip');
  });

  it.each([200, 202, 204])('takes %i with an empty body for accepted', async (status) => {
    server.answers = [{ status }];

    await expect(destinations()[0].upload(body, running)).resolves.toBeUndefined();
  });

  it.each([
    ['the page of a portal', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' }],
    ['an error in its body', { status: 200, body: '{"error":{"code":"InvalidPayload","message":"no"}}' }],
    ['an empty object', { status: 202, body: '{}' }],
    ['a blank', { status: 200, body: ' ' }],
    ['partial content', { status: 206, body: 'x' }],
    ['a redirect to a login', { status: 302, headers: { location: 'https://portal.example/' } }],
    ['a redirect that keeps the method', { status: 307, headers: { location: '/elsewhere' } }],
    ['a permanent redirect', { status: 308, headers: { location: '/elsewhere' } }],
    ['not modified', { status: 304 }],
  ])('does not know the outcome after %s, and says so', async (_what, answer) => {
    server.answers = [answer];

    for (const act of [() => destinations()[0].upload(body, running), () => destinations()[0].probe(running)]) {
      const error = await failureOf(act());
      expect(error).toMatchObject({ code: 'upload-unavailable', outcomeUnknown: true });
      expect(error.message).toContain(`HTTP ${answer.status}`);
      expect(error.remedy).toMatch(/proxy or portal.*204/);
    }
    expect(server.seen).toHaveLength(2);
  });

  const refusals: readonly [Answer & object, Partial<ConnectorError>, RegExp | undefined][] = [
    [{ status: 403 }, { code: 'upload-denied', retry: true }, /Monitoring Metrics Publisher \(3913510d.*30 minutes/],
    [{ status: 404 }, { code: 'upload-not-found' }, /DCR_IMMUTABLE_IDS, DCR_STREAM and LOGS_INGESTION_ENDPOINT/],
    [{ status: 405 }, { code: 'upload-not-found' }, /LOGS_INGESTION_ENDPOINT/],
    [{ status: 413 }, { code: 'upload-too-large', retry: false }, undefined],
    [{ status: 400 }, { code: 'upload-refused', retry: false }, undefined],
    [{ status: 429, headers: { 'retry-after': '7' } }, { code: 'upload-throttled', retryAfterMs: 7_000 }, undefined],
    [{ status: 429, headers: { 'retry-after-ms': '250' } }, { code: 'upload-throttled', retryAfterMs: 250 }, undefined],
    [
      { status: 429, headers: { 'retry-after': 'Sun, 01 Nov 2026 00:00:09 GMT' } },
      { code: 'upload-throttled', retryAfterMs: 9_000 },
      undefined,
    ],
    [{ status: 429, headers: { 'retry-after': 'soon' } }, { retryAfterMs: undefined }, undefined],
    [{ status: 408 }, { code: 'upload-unavailable', outcomeUnknown: false }, undefined],
    [{ status: 500 }, { code: 'upload-unavailable', outcomeUnknown: true }, undefined],
    [
      { status: 503, headers: { 'retry-after': '30' } },
      { code: 'upload-unavailable', outcomeUnknown: false, retryAfterMs: 30_000 },
      undefined,
    ],
    [{ status: 504 }, { code: 'upload-unavailable', outcomeUnknown: true }, undefined],
    [
      { status: 303, headers: { location: '/elsewhere' } },
      { code: 'upload-unavailable', outcomeUnknown: true },
      /LOGS_INGESTION_ENDPOINT/,
    ],
  ];
  it.each(refusals)('translates %j, with one request', async (answer, expected, remedy) => {
    server.answers = [answer];

    const error = await failureOf(destinations()[0].upload(body, running));

    expect(error).toMatchObject({ belongsTo: 'pipeline', ...expected });
    expect(error.at).toEqual({ rule: 'dcr-1', stream: 'Custom-AWSCloudTrail' });
    expect(remedy === undefined ? error.remedy === undefined : remedy.test(error.remedy ?? '')).toBe(true);
    expect(server.seen).toHaveLength(1);
  });

  it("says what was done, where, and the service's own words in short", async () => {
    const message = `The request\ncontained a record that ${'x'.repeat(1_000)}`;
    server.answers = [{ status: 400, body: JSON.stringify({ error: { code: 'InvalidPayload', message } }) }];

    const error = await failureOf(destinations()[0].upload(body, running));

    expect(error.message).toContain(
      `uploading 2 rows (${body.gzipped.byteLength} bytes) to rule dcr-1, stream Custom-`,
    );
    expect(error.message).toContain(`at 127.0.0.1:${server.port}: HTTP 400, InvalidPayload: The request contained a`);
    expect(error.message).toContain(`(request ${server.seen[0]?.header('x-ms-client-request-id')})`);
    expect(error.message.length).toBeLessThan(600);
    expect(JSON.stringify([error.message, error.cause, error.remedy])).not.toContain('token-1');
  });

  it('shows nothing of a token that the service echoes', async () => {
    const token = `eyJhbGciOiJSUzI1NiJ9.${'cLa1'.repeat(40)}.${'s1G'.repeat(40)}`;
    const message = `The Authorization header 'Bearer ${token}' is malformed; sig=abc%2Bdef`;
    server.answers = [{ status: 400, body: JSON.stringify({ error: { code: 'InvalidToken', message } }) }];

    const error = await failureOf(destinations()[0].upload(body, running));

    expect(error.message).toContain("The Authorization header 'Bearer ***' is malformed; sig=***");
  });

  it('makes one request when the token is refused, and shows a new one with the next', async () => {
    server.answers = [{ status: 401, headers: { 'www-authenticate': 'Bearer' } }, { status: 204 }];
    const [destination] = destinations();

    const error = await failureOf(destination.upload(body, running));

    expect(error).toMatchObject({
      code: 'upload-unauthorized',
      remedy: expect.stringContaining('LOGS_INGESTION_SCOPE'),
    });
    expect(server.seen).toHaveLength(1);
    await destination.upload(body, running);
    expect(server.seen.map(({ header }) => header('authorization'))).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('names a missing token as such, sending nothing', async () => {
    const getToken = () => Promise.reject(new Error('no identity\nis assigned'));

    const error = await failureOf(destinations({ credential: { getToken } })[0].upload(body, running));

    expect(error).toMatchObject({ code: 'token-unavailable', outcomeUnknown: false });
    expect(error.message).toContain(`no token for ${scope}: no identity is assigned`);
    expect(server.seen).toEqual([]);
  });

  it('aborts a request that is not answered in time, its outcome unknown', async () => {
    server.answers = ['never'];

    const error = await failureOf(destinations({ timeoutMs: 40 })[0].upload(body, running));

    expect(error).toMatchObject({ code: 'upload-unavailable', outcomeUnknown: true });
    expect(error.message).toContain('no answer within 40 ms');
  });

  it('gives a request up when the signal aborts, its outcome unknown', async () => {
    server.answers = ['never'];
    const slice = new AbortController();

    const upload = failureOf(destinations()[0].upload(body, slice.signal));
    await server.asked();
    slice.abort();

    expect(await upload).toMatchObject({ code: 'slice-ended', outcomeUnknown: true });
  });

  it('sends nothing under an aborted signal', async () => {
    const error = await failureOf(destinations()[0].upload(body, AbortSignal.abort()));

    expect(error).toMatchObject({ code: 'slice-ended', outcomeUnknown: false });
    expect(server.seen).toEqual([]);
  });

  it('does not know the outcome when the connection breaks', async () => {
    server.answers = ['reset'];

    const error = await failureOf(destinations()[0].upload(body, running));

    expect(error).toMatchObject({ code: 'upload-unavailable', outcomeUnknown: true });
    expect(server.seen).toHaveLength(1);
  });

  it('knows that nothing arrived when the connection was refused', async () => {
    const closed = await closedPort();

    const error = await failureOf(destinations({ endpoint: `https://127.0.0.1:${closed}` })[0].upload(body, running));

    expect(error).toMatchObject({ code: 'upload-unavailable', outcomeUnknown: false });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('knows that nothing was sent to a server it does not trust', async () => {
    const error = await failureOf(destinations({ ca: undefined })[0].upload(body, running));

    expect(error).toMatchObject({ code: 'upload-unavailable', outcomeUnknown: false });
    expect(error.remedy).toContain('certificate');
    expect(server.seen).toEqual([]);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
