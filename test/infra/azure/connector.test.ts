import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTemplate as readStack } from '../../../local/aws/cloudFormation/template.ts';
import { deploy, type Template } from '../../../local/azure/resourceManager/deployment.ts';
import { answers, everything, place, problemsOf, usual } from './problems.ts';

const infra = join(import.meta.dirname, '../../../infra');
const text = readFileSync(join(infra, 'azure/connector.json'), 'utf8');
const template = JSON.parse(text) as Template;

describe('the Azure template', () => {
  it.each([
    ['the usual parameters', usual],
    ['every parameter', everything],
    ['no package', { ...usual, packageUri: '' }],
  ])('is without mistakes, with %s', async (_, parameters) => {
    expect(await problemsOf(template, parameters)).toEqual([]);
  });

  it('leaves the settings that somebody changed, unless a parameter says otherwise', () => {
    expect(settingsOf(usual)).toMatchObject({
      DRAIN_SCHEDULE: '30 * * * * *',
      AWS_HUB_ROLE_ARN: 'arn:aws:iam::111111111111:role/changed-by-hand',
      AWS_CREDENTIALS: 'managed-identity',
    });
    expect(settingsOf(everything)).toMatchObject({
      DRAIN_SCHEDULE: '30 * * * * *',
      AWS_ROLE_ARN: 'arn:aws:iam::222222222222:role/other-reader',
      LOGS_INGESTION_ENDPOINT: 'https://private-ab12.westeurope-1.ingest.monitor.azure.com',
    });
  });

  it('takes the outputs of the stacks in AWS as parameters, under their names', () => {
    const names = Object.keys(template.parameters ?? {}).map((name) => name.toLowerCase());
    const outputs = ['connector.yaml', 'hub.yaml'].flatMap((file) =>
      Object.entries(readStack(readFileSync(join(infra, 'aws', file), 'utf8')).Outputs ?? {}),
    );
    const settings = outputs.filter(([, output]) => JSON.stringify(output).includes('Application setting '));

    expect(settings.map(([name]) => name).filter((name) => !names.includes(name.toLowerCase()))).toEqual([]);
    expect(settings.length).toBe(4);
  });

  it('gives every resource the same name at every deployment', () => {
    const names = (): readonly string[] => deploy(template, usual, place, answers).resources.map(({ id }) => id);

    expect(names()).toEqual(names());
    expect(text).not.toMatch(/newGuid|utcNow|deployment\(\)/i);
  });

  it('shows no secret: keys are secure parameters, and no output has one', () => {
    const parameters = template.parameters ?? {};

    expect(parameters['awsSecretAccessKey']?.['type']).toBe('secureString');
    expect(parameters['awsAccessKeyId']?.['type']).toBe('secureString');
    expect(JSON.stringify(template.outputs)).not.toMatch(/ConnectionString|SecretAccessKey|listKeys/i);
  });
});

function settingsOf(parameters: Readonly<Record<string, unknown>>): unknown {
  const { resources } = deploy(template, parameters, place, answers);
  return resources.find(({ type }) => type === 'Microsoft.Web/sites/config')?.body['properties'];
}
