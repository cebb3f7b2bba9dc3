import { describe, expect, it } from 'vitest';
import { closest, misspeltNames } from '../../../shared/settings/misspelt.ts';
import { settingNames } from '../../../shared/settings/table.ts';

describe('misspeltNames', () => {
  it.each([
    ['WORKSPACEID', 'WORKSPACE_ID'],
    ['workspace_id', 'WORKSPACE_ID'],
    ['WROKSPACE_ID', 'WORKSPACE_ID'],
    ['DCR_IMMUTABLE_ID', 'DCR_IMMUTABLE_IDS'],
    ['DCR-STREAM', 'DCR_STREAM'],
    ['SQS_QUEUE_URI', 'SQS_QUEUE_URL'],
    ['ALLOWED_BUCKET', 'ALLOWED_BUCKETS'],
    ['SLICE_SECOND', 'SLICE_SECONDS'],
    ['SOURCE', 'SOURCES'],
    ['LOGS_INGESTION_ENPOINT', 'LOGS_INGESTION_ENDPOINT'],
  ])('asks whether %s was meant to be %s', (name, meant) => {
    expect(misspeltNames([name])).toEqual([`${name} is no setting and has no effect; did you mean ${meant}?`]);
  });

  it('says nothing of a name whose setting is there as well', () => {
    expect(misspeltNames(['workspace_id', 'WORKSPACE_ID'])).toEqual([]);
  });

  it('says nothing of the settings themselves', () => {
    expect(settingNames.flatMap((name) => misspeltNames([name]))).toEqual([]);
  });

  it.each([
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_PROFILE',
    'AWS_SESSION_TOKEN',
    'AWS_CONFIG_FILE',
    'AWS_ENDPOINT_URL_S3',
    'AWS_ENDPOINT_URL_STS',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_ROLE_SESSION_NAME',
    'AZURE_TENANT_ID',
    'AZURE_CLIENT_SECRET',
    'AzureWebJobsStorage__clientId',
    'FUNCTIONS_WORKER_RUNTIME',
    'IDENTITY_ENDPOINT',
    'RESOURCE',
    'PATH',
    'HOME',
    'NODE_EXTRA_CA_CERTS',
    'WEBSITE_INSTANCE_ID',
  ])('leaves %s to others', (name) => {
    expect(misspeltNames([name])).toEqual([]);
  });
});

describe('closest', () => {
  it('names the nearest of several', () => {
    expect(closest('rolearn', ['roleArn', 'hubRoleArn'])).toBe('roleArn');
    expect(closest('managed_identity', ['managed-identity', 'access-key', 'default'])).toBe('managed-identity');
    expect(closest('keys', ['managed-identity', 'access-key', 'default'])).toBeUndefined();
  });
});
