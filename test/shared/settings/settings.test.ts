import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DrainSettings } from '../../../shared/pipeline/limits/drainSettings.ts';
import { drainSettings, readSettings, type Settings, sessionName } from '../../../shared/settings/settings.ts';
import { settingNames, settingsTable } from '../../../shared/settings/table.ts';

const workspaceId = '3c1f5f0e-6f0a-4f5c-9d1b-2a7e8c4d9b10';
const roleArn = 'arn:aws:iam::111122223333:role/reader';
const hubRoleArn = 'arn:aws:iam::444455556666:role/hub';
const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/trail';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

const valid = {
  WORKSPACE_ID: workspaceId,
  AWS_ROLE_ARN: roleArn,
  AWS_HUB_ROLE_ARN: hubRoleArn,
  AWS_WEB_IDENTITY_AUDIENCE: 'api://connector',
  SQS_QUEUE_URL: queueUrl,
  ALLOWED_BUCKETS: 'trail-bucket',
  LOGS_INGESTION_ENDPOINT: 'https://trail-ab12.westeurope-1.ingest.monitor.azure.com',
  DCR_IMMUTABLE_IDS: 'dcr-0123456789abcdef0123456789abcdef',
};
type Environment = Readonly<Record<string, string | undefined>>;

function settingsOf(differs: Environment = {}): Settings {
  const reading = readSettings({ ...valid, ...differs });
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  return reading.settings;
}

function problemsOf(differs: Environment = {}): readonly string[] {
  const reading = readSettings({ ...valid, ...differs });
  return reading.ok ? [] : reading.problems;
}

describe('readSettings', () => {
  it('gives everything the app needs, defaults filled in', () => {
    expect(settingsOf()).toEqual({
      workspaceId,
      destination: {
        endpoint: 'https://trail-ab12.westeurope-1.ingest.monitor.azure.com',
        scope: 'https://monitor.azure.com/.default',
        ruleIds: ['dcr-0123456789abcdef0123456789abcdef'],
        stream: 'Custom-AWSCloudTrail',
      },
      selectors: [],
      drainSchedule: '0 * * * * *',
      mostDrainers: 8,
      sources: [
        {
          name: 'default',
          kind: 'sqs',
          credentials: { mode: 'managed-identity', audience: 'api://connector', hubRoleArn },
          roleArn,
          stsRegion: 'us-east-1',
          queueUrl,
          queueRegion: 'eu-west-1',
          partition: 'aws',
          allowedBuckets: ['trail-bucket'],
        },
      ],
      tuning: {
        sliceMs: 240_000,
        stopReceivingMs: 25_000,
        visibilitySeconds: 180,
        heartbeatMs: 60_000,
        receivers: 4,
        longPollSeconds: 10,
        objectsInFlight: 64,
        bytesInFlight: 33_554_432,
        decompressedBytesCap: 536_870_912,
        expansionAlarm: 200,
        batchBytes: 1_000_000,
        lingerMs: 1000,
        uploadsInFlight: 8,
        gzipLevel: 6,
        catchUpGzipLevel: 3,
        uploadAttempts: 5,
        bucketFailures: 3,
      },
    });
  });

  it('freezes what it gives, to the last part', () => {
    const { sources, tuning, destination } = settingsOf();
    expect(
      [sources, sources[0].credentials, sources[0].allowedBuckets, tuning, destination.ruleIds].every(Object.isFrozen),
    ).toBe(true);
  });

  it('takes lists, white space and slashes as people write them', () => {
    const settings = settingsOf({
      ALLOWED_BUCKETS: ' bucket-one, bucket.two,,bucket-one ',
      DCR_IMMUTABLE_IDS: 'dcr-1, dcr-2',
      LOGS_INGESTION_ENDPOINT: ' https://localhost:8443/ ',
      AWS_ENDPOINT_URL: 'http://[::1]:4566/',
      AZURE_CLIENT_ID: workspaceId,
      DRAIN_SCHEDULE: '',
    });
    expect(settings.sources[0].allowedBuckets).toEqual(['bucket-one', 'bucket.two']);
    expect(settings.sources[0].endpointOverride).toBe('http://[::1]:4566');
    expect(settings.destination).toMatchObject({ endpoint: 'https://localhost:8443', ruleIds: ['dcr-1', 'dcr-2'] });
    expect(settings).toMatchObject({ azureClientId: workspaceId, drainSchedule: '0 * * * * *' });
  });

  it('takes seconds as short as a fault run needs', () => {
    const fast = {
      SLICE_SECONDS: '2.5',
      STOP_RECEIVING_SECONDS: '0.5',
      VISIBILITY_SECONDS: '2',
      HEARTBEAT_SECONDS: '0.5',
    };
    expect(settingsOf(fast).tuning).toMatchObject({
      sliceMs: 2500,
      stopReceivingMs: 500,
      visibilitySeconds: 2,
      heartbeatMs: 500,
    });
  });

  it('keeps the workspace ID letter for letter, since AWS compares external IDs with case', () => {
    expect(settingsOf({ WORKSPACE_ID: workspaceId.toUpperCase() }).workspaceId).toBe(workspaceId.toUpperCase());
  });

  it('asks only for what the kind of credentials needs', () => {
    const without = { AWS_HUB_ROLE_ARN: undefined, AWS_WEB_IDENTITY_AUDIENCE: undefined };
    const key = {
      AWS_CREDENTIALS: 'access-key',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: secret,
    };
    expect(settingsOf({ ...without, AWS_CREDENTIALS: 'default' }).sources[0].credentials).toEqual({ mode: 'default' });
    expect(settingsOf({ ...without, ...key }).sources[0].credentials).toEqual({
      mode: 'access-key',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: secret,
    });
  });

  it.each([
    ['aws-us-gov', 'us-gov-east-1', 'amazonaws.com', 'us-gov-west-1'],
    ['aws-cn', 'cn-northwest-1', 'amazonaws.com.cn', 'cn-north-1'],
    ['aws-eusc', 'eusc-de-east-1', 'amazonaws.eu', 'eusc-de-east-1'],
  ])('asks STS of %s in a region no account can switch off', (partition, region, suffix, stsRegion) => {
    const settings = settingsOf({
      AWS_ROLE_ARN: roleArn.replace('aws', partition),
      AWS_HUB_ROLE_ARN: hubRoleArn.replace('aws', partition),
      SQS_QUEUE_URL: `https://sqs.${region}.${suffix}/111122223333/trail`,
    });
    expect(settings.sources[0]).toMatchObject({ partition, stsRegion, queueRegion: region });
  });

  it('reports every problem at once', () => {
    const reading = readSettings({ AWS_CREDENTIALS: 'keys', GZIP_LEVEL: '10', DRAIN_SCHEDULE: 'hourly' });
    expect(reading.ok ? [] : reading.problems.map((problem) => problem.split(' ')[0])).toEqual([
      'WORKSPACE_ID',
      'AWS_CREDENTIALS',
      'AWS_ROLE_ARN',
      'SQS_QUEUE_URL',
      'ALLOWED_BUCKETS',
      'LOGS_INGESTION_ENDPOINT',
      'DCR_IMMUTABLE_IDS',
      'DRAIN_SCHEDULE',
      'GZIP_LEVEL',
    ]);
  });

  it('tells missing from malformed', () => {
    expect(problemsOf({ WORKSPACE_ID: ' ' })).toEqual([
      `WORKSPACE_ID is missing; set it to the Log Analytics workspace ID, a GUID, such as ${workspaceId}`,
    ]);
    expect(problemsOf({ WORKSPACE_ID: 'my-workspace' })).toEqual([
      `WORKSPACE_ID must be the Log Analytics workspace ID, a GUID, such as ${workspaceId}; got "my-workspace"`,
    ]);
  });

  it('says which choice makes a missing setting necessary', () => {
    expect(problemsOf({ AWS_HUB_ROLE_ARN: undefined })).toEqual([
      expect.stringMatching(/^AWS_HUB_ROLE_ARN is missing, which AWS_CREDENTIALS "managed-identity" needs; set it to/),
    ]);
  });

  it('shows no secret, neither a wrong one nor one at the wrong place', () => {
    const shown = [
      ...problemsOf({
        AWS_CREDENTIALS: 'access-key',
        AWS_ACCESS_KEY_ID: secret,
        AWS_SECRET_ACCESS_KEY: `${secret} ${secret}`,
      }),
      ...problemsOf({ SOURCES: `[{"secretAccessKey": "${secret}"` }),
      ...problemsOf({ SOURCES: `[{"name": "a", "secretAccessKey": "${secret}"}]` }),
      ...problemsOf({ LOGS_INGESTION_ENDPOINT: `https://user:${secret}@host` }),
    ].join('\n');
    expect(shown).toMatch(/AWS_ACCESS_KEY_ID must be .*; the value is not shown/);
    expect(shown).toMatch(/AWS_SECRET_ACCESS_KEY must be .*; the value is not shown/);
    expect(shown).toMatch(/SOURCES must be .*; the value is not shown/);
    expect(shown).toMatch(/got "secretAccessKey"; access keys belong into AWS_ACCESS_KEY_ID/);
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain('wJalrXUtn');
    expect(shown).toContain('https://***@host');
  });

  it.each([
    ['AWS_ROLE_ARN', secret],
    ['SQS_QUEUE_URL', `AKIAIOSFODNN7EXAMPLE`],
    ['DCR_STREAM', `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret}${secret}==;EndpointSuffix=x`],
    ['LOGS_INGESTION_ENDPOINT', `https://a.blob.core.windows.net/c?sv=2024&sig=${encodeURIComponent(secret)}`],
    ['AZURE_CLIENT_ID', `abc8Q~${secret}`],
    ['ALLOWED_BUCKETS', `good-bucket,${secret.slice(0, 24)}`],
    ['WORKSPACE_ID', `eyJhbGciOiJub25lIn0.${secret.replaceAll('/', '_')}.${secret.slice(0, 20)}`],
    ['DRAIN_SCHEDULE', secret],
    ['GZIP_LEVEL', secret],
  ])('shows no key that was put into %s', (name, value) => {
    const [problem = ''] = problemsOf({ [name]: value });
    expect(problem).toContain(name);
    expect(problem).toContain('***');
    for (let from = 0; from + 8 <= secret.length; from += 1) {
      expect(problem).not.toContain(secret.slice(from, from + 8));
    }
    expect(problem).not.toContain('IOSFODNN7');
  });

  it('tells names that look misspelt, and goes on without them', () => {
    const reading = readSettings({ ...valid, SLICE_SECOND: '30', AWS_REGION: 'eu-west-1', EMPTY: '', GZIP_LEVELS: '' });
    expect(reading).toMatchObject({
      ok: true,
      doubts: ['SLICE_SECOND is no setting and has no effect; did you mean SLICE_SECONDS?'],
    });
    expect(readSettings({ WORKSPACEID: workspaceId })).toMatchObject({
      ok: false,
      doubts: ['WORKSPACEID is no setting and has no effect; did you mean WORKSPACE_ID?'],
    });
    expect(problemsOf({ AWS_CREDENTIALS: 'managed_identity' })[0]).toMatch(
      /got "managed_identity"; did you mean managed-identity\?$/,
    );
  });

  it('recognises a Key Vault reference that Azure did not resolve', () => {
    const reference = '@Microsoft.KeyVault(SecretUri=https://example.vault.azure.net/secrets/key)';
    expect(problemsOf({ AWS_ROLE_ARN: reference })).toEqual([
      expect.stringMatching(/^AWS_ROLE_ARN must be .*; got a Key Vault reference that was not resolved$/),
    ]);
  });

  it.each([
    ['AWS_ROLE_ARN', 'arn:aws:iam::111122223333:user/reader'],
    ['AWS_ROLE_ARN', 'arn:aws:iam::1111:role/reader'],
    ['AWS_ROLE_ARN', 'arn:aws-mars:iam::111122223333:role/reader'],
    ['AWS_WEB_IDENTITY_AUDIENCE', 'api://connector/.default'],
    ['AWS_WEB_IDENTITY_AUDIENCE', 'my audience'],
    ['AWS_STS_REGION', 'aws-global'],
    ['AWS_STS_REGION', 'us-east'],
    ['SQS_QUEUE_URL', `${queueUrl}.fifo`],
    ['SQS_QUEUE_URL', queueUrl.replace('https', 'http')],
    ['SQS_QUEUE_URL', 'http://127.0.0.1:9324/111122223333/trail'],
    ['SQS_QUEUE_URL', 'https://sqs.eu-west-1.amazonaws.com.evil.example/111122223333/trail'],
    ['ALLOWED_BUCKETS', 'Trail_Bucket'],
    ['ALLOWED_BUCKETS', 'good-bucket,192.168.1.1'],
    ['ALLOWED_BUCKETS', 'a..b'],
    ['ALLOWED_BUCKETS', ','],
    ['ALLOWED_BUCKETS', '*'],
    ['AWS_ENDPOINT_URL', 'http://localhost.evil.example'],
    ['AWS_ENDPOINT_URL', 'http://10.0.0.1:4566'],
    ['AWS_ENDPOINT_URL', 'http://127.0.0.1:4566/path'],
    ['AWS_ENDPOINT_URL', 'http://127.0.0.1:99999'],
    ['AWS_ENDPOINT_URL', 'http://127.0.0.1@evil.example'],
    ['LOGS_INGESTION_ENDPOINT', 'http://trail.ingest.monitor.azure.com'],
    ['LOGS_INGESTION_ENDPOINT', 'https://trail.ingest.monitor.azure.com/dataCollectionRules/dcr-1'],
    ['LOGS_INGESTION_SCOPE', 'https://monitor.azure.com'],
    ['DCR_IMMUTABLE_IDS', '/subscriptions/x/dataCollectionRules/y'],
    ['DCR_STREAM', 'AWSCloudTrail'],
    ['AZURE_CLIENT_ID', 'my-identity'],
    ['DRAIN_SCHEDULE', '* * * * *'],
    ['SLICE_SECONDS', '301'],
    ['SLICE_SECONDS', 'four'],
    ['VISIBILITY_SECONDS', '120.5'],
    ['VISIBILITY_SECONDS', '0'],
    ['HEARTBEAT_SECONDS', '-1'],
    ['BATCH_BYTES', '1000001'],
    ['BATCH_BYTES', '1e6'],
    ['SOURCES', '[]'],
    ['SOURCES', '{}'],
    ['SOURCES', '["production"]'],
  ])('refuses %s = %s', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} must be .*; (got ".*"|the value is not shown)$`));
  });

  it.each([
    [{ SLICE_SECONDS: '25' }, 'SLICE_SECONDS must be more than STOP_RECEIVING_SECONDS; got "25" and "25"'],
    [{ VISIBILITY_SECONDS: '120' }, 'VISIBILITY_SECONDS must be more than twice HEARTBEAT_SECONDS; got "120" and "60"'],
    [{ SLICE_SECONDS: '30', LINGER_MS: '30000' }, 'LINGER_MS must be less than SLICE_SECONDS; got "30000" and "30"'],
    [
      { AWS_STS_REGION: 'us-gov-west-1' },
      'AWS_STS_REGION must be in the partition aws like AWS_ROLE_ARN; got "us-gov-west-1", which is in aws-us-gov',
    ],
    [
      { AWS_HUB_ROLE_ARN: 'arn:aws-cn:iam::444455556666:role/hub' },
      'AWS_HUB_ROLE_ARN must be in the partition aws like AWS_ROLE_ARN; got "arn:aws-cn:iam::444455556666:role/hub", which is in aws-cn',
    ],
    [
      { SQS_QUEUE_URL: 'https://sqs.cn-north-1.amazonaws.com.cn/111122223333/trail' },
      'SQS_QUEUE_URL must be in the partition aws like AWS_ROLE_ARN; got "cn-north-1", which is in aws-cn',
    ],
    [
      { LOGS_INGESTION_ENDPOINT: 'https://trail-ab12.usgovvirginia-1.ingest.monitor.azure.us' },
      'LOGS_INGESTION_SCOPE must be https://monitor.azure.us/.default, the scope of the cloud in LOGS_INGESTION_ENDPOINT; got "https://monitor.azure.com/.default"',
    ],
  ])('refuses settings that contradict each other: %j', (differs, problem) => {
    expect(problemsOf(differs)).toEqual([problem]);
  });

  it('reports no relation with a value that is wrong by itself', () => {
    expect(problemsOf({ VISIBILITY_SECONDS: 'long' })).toHaveLength(1);
  });

  it('answers for any environment and never throws', () => {
    const value = fc.option(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...Object.values(valid))), {
      nil: undefined,
    });
    const environment = fc.dictionary(fc.constantFrom(...settingNames), value);
    fc.assert(
      fc.property(environment, (differs) => {
        const reading = readSettings({ ...valid, ...differs });
        expect(reading.ok || reading.problems.length > 0).toBe(true);
      }),
    );
  });

  it('accepts the default of every setting', () => {
    const defaults = settingNames.map((name) => [name, settingsTable[name].fallback] as const);
    expect(settingsOf(Object.fromEntries(defaults.filter(([, text]) => text !== undefined)))).toEqual(settingsOf());
  });
});

describe('drainSettings', () => {
  it('gives the bounds of one source in the shape the pipeline takes', () => {
    const settings = settingsOf();
    const drain: DrainSettings = drainSettings(settings, settings.sources[0]);
    expect(drain).toEqual({ source: 'default', allowedBuckets: ['trail-bucket'], ...settings.tuning });
  });
});

describe('sessionName', () => {
  it('names the app and the workspace', () => {
    expect(sessionName(workspaceId)).toBe(`AzureFunctions_${workspaceId}`);
  });

  it('is what STS allows, whatever the workspace', () => {
    expect(sessionName(`a b/${'x'.repeat(100)}`)).toMatch(/^[\w+=,.@-]{64}$/);
  });
});
