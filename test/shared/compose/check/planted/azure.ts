import { systemClock } from '../../../../../shared/kit/systemClock.ts';
import type { Change, CheckScene } from '../scene.ts';
import { type Mistake, told } from './mistake.ts';

const rule = 'data collection rule dcr-00000000000000000000000000000001';

function storage(service: 'Blob' | 'Queue' | 'Table', status: number, code: string): (scene: CheckScene) => Change {
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
  (resource: string): ((scene: CheckScene) => Change) =>
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

const clientId = '5b0e5ad1-6f0e-4bb3-9c1d-0a1b2c3d4e5f';

/** An identity enters the account in place of a key; the endpoints answer nobody. */
function entering(settings: Readonly<Record<string, string>>, refused = 'none'): Mistake['plant'] {
  const endpoint = 'http://127.0.0.1:1';
  return (scene) => ({
    ...noToken(refused)(scene),
    settings: {
      AzureWebJobsStorage: '',
      AzureWebJobsStorage__tableServiceUri: endpoint,
      AzureWebJobsStorage__blobServiceUri: endpoint,
      AzureWebJobsStorage__queueServiceUri: endpoint,
      ...settings,
    },
  });
}

/** The service that is asked about is public, the others private. */
function publicFirst(): (host: string) => Promise<readonly string[]> {
  let asked = 0;
  return async () => (asked++ === 0 ? ['20.60.1.2'] : ['10.0.0.4']);
}

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
    ...{ name: 'no role for tables', link: 'storage: tables', cause: 'storage-role-missing' },
    remedy: /Storage Table Data Contributor/,
    plant: storage('Table', 403, 'AuthorizationPermissionMismatch'),
  },
  {
    ...{ name: 'no role for blobs', link: 'storage: blobs', cause: 'storage-role-missing' },
    remedy: /Storage Blob Data Owner/,
    plant: storage('Blob', 403, 'AuthorizationPermissionMismatch'),
  },
  {
    ...{ name: 'no role for queues', link: 'storage: queues', cause: 'storage-role-missing' },
    remedy: /Storage Queue Data Contributor/,
    plant: storage('Queue', 403, 'AuthorizationPermissionMismatch'),
  },
  {
    ...{ name: 'shared keys switched off', link: 'storage: tables', cause: 'storage-keys-off' },
    remedy: /AzureWebJobsStorage__accountName in place of the connection string/,
    plant: storage('Table', 403, 'KeyBasedAuthenticationNotPermitted'),
  },
  {
    ...{ name: 'the network rules of the tables', link: 'storage: tables', cause: 'storage-network-closed' },
    remedy: /network rules .*table service a private endpoint/,
    plant: storage('Table', 403, 'AuthorizationFailure'),
  },
  {
    ...{ name: 'a name of the tables that does not resolve', link: 'storage: tables', cause: 'storage-name-unknown' },
    remedy: /private endpoint and DNS zone of the table service/,
    plant: (scene) => ({
      settings: { AzureWebJobsStorage: moved(scene, 'Table', 'http://account.table.invalid') },
      world: { addressesOf: async () => [] },
    }),
  },
  {
    ...{ name: 'no private endpoint of the tables', link: 'storage: tables', cause: 'private-endpoint-missing' },
    remedy: /sub-resource "table" .* privatelink\.table\.invalid/,
    plant: (scene) => ({
      settings: { AzureWebJobsStorage: moved(scene, 'Table', 'http://account.table.invalid') },
      world: { addressesOf: async (host) => (host.includes('.table.') ? [] : ['10.0.0.4']) },
    }),
  },
  {
    ...{ name: 'the tables are reached in public', link: 'storage: tables', cause: 'private-endpoint-missing' },
    remedy: /sub-resource "table"/,
    plant: (scene) => ({
      ...storage('Table', 403, 'AuthorizationFailure')(scene),
      // The stub stands at the address of this machine, as the others do: the names alone tell them apart.
      world: { addressesOf: publicFirst() },
    }),
  },
  {
    ...{ name: 'no identity enters storage', link: 'storage: identity', cause: 'storage-identity-missing' },
    remedy: /AzureWebJobsStorage__clientId/,
    plant: entering({}, 'https://storage'),
  },
  {
    ...{ name: 'a client ID that nobody has', link: 'storage: identity', cause: 'storage-client-id-unknown' },
    remedy: /client ID \(not the object ID\)/,
    plant: entering(
      { AzureWebJobsStorage__credential: 'managedidentity', AzureWebJobsStorage__clientId: clientId },
      'https://storage',
    ),
  },
  {
    ...{ name: 'a client ID without a credential', link: 'storage: identity', cause: 'storage-credential-missing' },
    ...{ status: 'warning', remedy: /managedidentity/ },
    plant: entering({ AzureWebJobsStorage__clientId: clientId }),
  },
  {
    ...{ name: 'a client ID that is none', link: 'settings', cause: 'settings-invalid', remedy: /settings\.md/ },
    plant: entering({ AzureWebJobsStorage__credential: 'managedidentity', AzureWebJobsStorage__clientId: 'connector' }),
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
