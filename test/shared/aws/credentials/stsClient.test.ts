import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sourceCredentials } from '../../../../shared/aws/credentials/sourceCredentials.ts';
import { stsClient } from '../../../../shared/aws/credentials/stsClient.ts';
import { s3ObjectStore } from '../../../../shared/aws/s3/objectStore.ts';
import { sqsQueue } from '../../../../shared/aws/sqs/queue.ts';
import type { CredentialMode } from '../../../../shared/words/credentialMode.ts';
import {
  failureOf,
  numberedCredentials,
  patient,
  roleArn,
  type StubServer,
  startStub,
  stsSession,
} from '../stubServer.ts';

/** Everything by which an environment may lead the AWS SDK elsewhere. */
function hostileEnvironment(endpoint: string, folder: string): Record<string, string> {
  const config = join(folder, 'config');
  writeFileSync(
    config,
    [
      '[default]',
      `endpoint_url = ${endpoint}`,
      'services = elsewhere',
      'use_fips_endpoint = true',
      'use_dualstack_endpoint = true',
      'region = cn-north-1',
      'retry_mode = adaptive',
      'max_attempts = 9',
      'sts_regional_endpoints = legacy',
      'auth_scheme_preference = sigv4a',
      '[services elsewhere]',
      ...['sts', 'sqs', 's3', 'sso', 'sso_oidc'].flatMap((service) => [`${service} =`, `  endpoint_url = ${endpoint}`]),
    ].join('\n'),
  );
  const credentials = join(folder, 'credentials');
  writeFileSync(credentials, '[default]\naws_access_key_id = AKIAFROMFILE\naws_secret_access_key = secret\n');
  return {
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_SDK_LOAD_CONFIG: '1',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_STS: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_STS_REGIONAL_ENDPOINTS: 'legacy',
    AWS_REGION: 'cn-north-1',
    AWS_RETRY_MODE: 'adaptive',
    AWS_MAX_ATTEMPTS: '9',
    AWS_DEFAULTS_MODE: 'auto',
    HTTPS_PROXY: endpoint,
    HTTP_PROXY: endpoint,
    https_proxy: endpoint,
    http_proxy: endpoint,
    ALL_PROXY: endpoint,
    NODE_USE_ENV_PROXY: '1',
    NO_PROXY: '',
  };
}

describe('where credentials for AWS go', () => {
  let ours: StubServer;
  let hostile: StubServer;
  let folder: string;

  beforeEach(async () => {
    ours = await startStub(({ body }) => {
      const action = new URLSearchParams(body).get('Action');
      return action === 'AssumeRole' || action === 'AssumeRoleWithWebIdentity'
        ? stsSession(action, 'ASIAOURS', Date.now() + 3_600_000)
        : { status: 503 };
    });
    hostile = await startStub(() => stsSession('AssumeRole', 'ASIAHOSTILE', Date.now() + 3_600_000));
    folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    for (const [name, value] of Object.entries(hostileEnvironment(hostile.endpoint, folder))) {
      vi.stubEnv(name, value);
    }
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    await ours.close();
    await hostile.close();
  });

  const credentialsOf = (mode: CredentialMode, endpoint: string | undefined) =>
    sourceCredentials({
      mode,
      getToken: async () => 'web.identity.token',
      roleArn,
      externalId: 'external',
      sessionName: 'session',
      stsRegion: 'eu-central-1',
      clock: { now: Date.now, sleep: async () => undefined },
      timeouts: patient,
      ...(endpoint === undefined ? {} : { endpoint }),
    });

  it.each<CredentialMode>([
    { mode: 'managed-identity', audience: 'api://connector', hubRoleArn: roleArn },
    { mode: 'access-key', accessKeyId: 'AKIAEXAMPLE1234', secretAccessKey: 'secret' },
    { mode: 'default' },
  ])('is to our endpoint of STS, whatever the environment says: %j', async (mode) => {
    const credentials = credentialsOf(mode, ours.endpoint);
    expect((await credentials.session()).accessKeyId).toBe('ASIAOURS');
    credentials.close();
    expect(ours.requests.length).toBeGreaterThan(0);
    expect(ours.requests.at(-1)?.headers.authorization).toMatch(/AWS4-HMAC-SHA256 .*\/eu-central-1\/sts\//);
    expect(hostile.requests).toEqual([]);
  });

  it.each([
    ['eu-central-1', 'sts.eu-central-1.amazonaws.com'],
    ['us-east-1', 'sts.us-east-1.amazonaws.com'],
    ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['us-iso-east-1', 'sts.us-iso-east-1.c2s.ic.gov'],
  ])('is to STS in %s over TLS when nobody replaces it', async (region, host) => {
    const client = stsClient({ region });
    const { config } = client;
    expect(await config.endpoint?.()).toMatchObject({ protocol: 'https:', hostname: host, path: '/' });
    expect([await config.useFipsEndpoint(), await config.useDualstackEndpoint(), await config.maxAttempts()]).toEqual([
      false,
      false,
      1,
    ]);
    client.destroy();
  });

  it('is nowhere when the default chain would show a token elsewhere, and says so', async () => {
    writeFileSync(join(folder, 'token'), 'a.web.token');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(folder, 'token'));
    vi.stubEnv('AWS_ROLE_ARN', roleArn);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
    // With FIPS the SDK refuses a custom endpoint by itself.
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'false');
    vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'false');
    const credentials = credentialsOf({ mode: 'default' }, ours.endpoint);
    const failure = await failureOf(credentials.session());
    credentials.close();
    expect(failure.message).toContain(`sent to ${hostile.endpoint}, which is not AWS: nothing was sent`);
    expect(failure).toMatchObject({ code: 'credentials-invalid', remedy: expect.stringContaining('endpoint_url') });
    expect(hostile.requests).toEqual([]);
  });

  it('is to the given endpoints of SQS and S3', async () => {
    const credentials = numberedCredentials();
    const clock = { now: Date.now, sleep: async () => undefined };
    const common = { credentials, clock, endpoint: ours.endpoint, timeouts: patient };
    const queue = sqsQueue({ ...common, queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/trail' });
    const store = s3ObjectStore({ ...common, region: 'eu-central-1' });
    await failureOf(queue.measureBacklog());
    await failureOf(store.open({ bucket: 'trail', key: 'AWSLogs/a' }, new AbortController().signal));
    queue.close();
    store.close();
    expect(ours.requests).toHaveLength(2);
    expect(hostile.requests).toEqual([]);
  });
});
