import { systemClock } from '../../../../../shared/kit/systemClock.ts';
import type { CheckScene } from '../scene.ts';
import { type Mistake, told } from './mistake.ts';

const rule = 'data collection rule dcr-00000000000000000000000000000001';

function storage(service: 'Blob' | 'Queue' | 'Table', status: number, code: string): Mistake['plant'] {
  return (scene: CheckScene) => ({
    settings: { AzureWebJobsStorage: moved(scene, service, scene.storageThatAnswers(status, code)) },
  });
}

function moved({ clouds }: CheckScene, service: string, address: string): string {
  return clouds.storage.connectionString.replace(
    new RegExp(`${service}Endpoint=[^;]+`),
    `${service}Endpoint=${address}`,
  );
}

function clockOff(ms: number): Mistake['plant'] {
  return () => ({ world: { clock: { ...systemClock, now: () => systemClock.now() + ms } } });
}

const noToken =
  (resource: string): Mistake['plant'] =>
  ({ clouds }) => ({
    world: {
      identity: {
        getToken: async (scopes) => {
          if (String(scopes).startsWith(resource))
            throw new Error('ManagedIdentityCredential: no identity is assigned');
          const token = await clouds.identity.issueToken(String(scopes).replace(/\/\.default$/, ''));
          return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      },
    },
  });

export const azureMistakes: readonly Mistake[] = [
  {
    ...{ name: 'a setting is missing', link: 'settings', cause: 'settings-invalid', remedy: /settings\.md/ },
    plant: told({ WORKSPACE_ID: '' }),
  },
  {
    ...{ name: 'a name is misspelt', link: 'settings', cause: 'setting-misspelt', remedy: /Rename/, status: 'warning' },
    plant: told({ SLICE_SECOND: '60' }),
  },
  {
    ...{ name: "another cloud's scope", link: 'settings', cause: 'settings-invalid', remedy: /settings\.md/ },
    plant: told({
      LOGS_INGESTION_ENDPOINT: 'https://name.usgovvirginia-1.ingest.monitor.azure.us',
      LOGS_INGESTION_SCOPE: 'https://monitor.azure.com/.default',
    }),
  },
  {
    ...{
      name: 'role and queue in two partitions',
      link: 'settings',
      cause: 'settings-invalid',
      remedy: /settings\.md/,
    },
    plant: told({ SQS_QUEUE_URL: 'https://sqs.us-gov-west-1.amazonaws.com/222222222222/cloudtrail-notifications' }),
  },
  {
    ...{ name: 'a FIFO queue', link: 'settings', cause: 'settings-invalid', remedy: /settings\.md/ },
    plant: told({ SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/222222222222/cloudtrail.fifo' }),
  },
  {
    ...{
      name: 'a storage account that is no name',
      link: 'settings',
      cause: 'settings-invalid',
      remedy: /settings\.md/,
    },
    plant: told({ AzureWebJobsStorage: '', AzureWebJobsStorage__accountName: 'My Account' }),
  },
  {
    ...{ name: 'no storage', link: 'storage: tables', cause: 'storage-missing', remedy: /AzureWebJobsStorage/ },
    status: 'warning',
    plant: told({ AzureWebJobsStorage: '' }),
  },
  {
    ...{ name: 'no role for tables', link: 'storage: tables', cause: 'storage-unavailable' },
    remedy: /Storage Table Data Contributor/,
    plant: storage('Table', 403, 'AuthorizationPermissionMismatch'),
  },
  {
    ...{ name: 'no role for blobs', link: 'storage: blobs', cause: 'storage-unavailable' },
    remedy: /Storage Blob Data Owner/,
    plant: storage('Blob', 403, 'AuthorizationPermissionMismatch'),
  },
  {
    ...{ name: 'no role for queues', link: 'storage: queues', cause: 'storage-unavailable' },
    remedy: /Storage Queue Data Contributor/,
    plant: storage('Queue', 403, 'AuthorizationPermissionMismatch'),
  },
  {
    ...{ name: 'shared keys switched off', link: 'storage: tables', cause: 'storage-unavailable' },
    remedy: /AzureWebJobsStorage__accountName in place of the connection string/,
    plant: storage('Table', 403, 'KeyBasedAuthenticationNotPermitted'),
  },
  {
    ...{ name: 'the network rules of the tables', link: 'storage: tables', cause: 'storage-unavailable' },
    remedy: /network rules .*table service a private endpoint/,
    plant: storage('Table', 403, 'AuthorizationFailure'),
  },
  {
    ...{ name: 'no private endpoint of the tables', link: 'storage: tables', cause: 'storage-unavailable' },
    remedy: /private endpoint and DNS zone of the table service/,
    plant: (scene) => ({ settings: { AzureWebJobsStorage: moved(scene, 'Table', 'http://account.table.invalid') } }),
  },
  {
    ...{ name: 'a clock that is 10 minutes off', link: 'clock', cause: 'clock-differs', remedy: /NTP/ },
    plant: clockOff(600_000),
  },
  {
    ...{
      name: 'a clock that is a minute off',
      link: 'clock',
      cause: 'clock-differs',
      remedy: /NTP/,
      status: 'warning',
    },
    plant: clockOff(-60_000),
  },
  {
    ...{ name: 'no managed identity', link: 'Entra token', cause: 'identity-unavailable', remedy: /managed identity/ },
    plant: noToken('api://'),
  },
  {
    ...{ name: 'no token for Azure Monitor', link: 'Azure Monitor token', cause: 'token-unavailable' },
    remedy: /client ID when it is a user-assigned one/,
    plant: noToken('https://monitor'),
  },
  {
    ...{ name: 'no role on the rule', link: rule, cause: 'upload-denied' },
    remedy: /Monitoring Metrics Publisher .* 30 minutes/,
    plant: ({ clouds: { identity, ingestion } }) => {
      const id = rule.slice(-36);
      ingestion.rules.withhold(id, identity.principalId);
      return { undo: async () => ingestion.rules.grant(id, identity.principalId) };
    },
  },
  {
    ...{ name: 'another immutable ID', link: `data collection rule dcr-${'f'.repeat(32)}`, cause: 'upload-not-found' },
    remedy: /DCR_IMMUTABLE_IDS/,
    plant: told({ DCR_IMMUTABLE_IDS: `dcr-${'f'.repeat(32)}` }),
  },
  {
    ...{ name: 'another stream', link: rule, cause: 'upload-not-found', remedy: /DCR_STREAM/ },
    plant: told({ DCR_STREAM: 'Custom-Renamed' }),
  },
  {
    ...{ name: 'a scope that the rule does not take', link: rule, cause: 'upload-unauthorized' },
    remedy: /LOGS_INGESTION_SCOPE/,
    plant: told({ LOGS_INGESTION_SCOPE: 'https://monitor.azure.us/.default' }),
  },
  {
    ...{ name: 'an endpoint that does not resolve', link: rule, cause: 'upload-unavailable' },
    remedy: /LOGS_INGESTION_ENDPOINT/,
    plant: told({ LOGS_INGESTION_ENDPOINT: 'https://name.ingest.invalid' }),
  },
  {
    ...{
      name: 'a certificate of somebody else',
      link: rule,
      cause: 'upload-unavailable',
      remedy: /NODE_EXTRA_CA_CERTS/,
    },
    plant: () => ({ world: { ingestionCa: '' } }),
  },
];
