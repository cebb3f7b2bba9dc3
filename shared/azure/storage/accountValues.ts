import type { TokenCredential } from '@azure/core-auth';
import type { AzureIdentity } from '../identity.ts';
import { openStorage } from './account.ts';

/** A storage account, and how it is entered. */
export type StorageAccount =
  | { readonly kind: 'connection-string'; readonly connectionString: string }
  | {
      readonly kind: 'identity';
      readonly tableEndpoint: string;
      readonly blobEndpoint: string;
      readonly queueEndpoint: string;
      readonly credential: TokenCredential;
    };

/** What the Functions host is told about its own account. */
export interface StorageValues {
  readonly connectionString?: string | undefined;
  readonly accountName?: string | undefined;
  readonly tableServiceUri?: string | undefined;
  readonly blobServiceUri?: string | undefined;
  readonly queueServiceUri?: string | undefined;
  /** `managedidentity` or absent. */
  readonly credential?: string | undefined;
  /** Of the user-assigned identity that enters the account. */
  readonly clientId?: string | undefined;
}

/** The values as the environment names them. */
export function storageValues(environment: Readonly<Record<string, string | undefined>>): StorageValues {
  const value = (name: string): string | undefined => environment[`AzureWebJobsStorage${name}`]?.trim();
  return {
    connectionString: value(''),
    accountName: value('__accountName'),
    tableServiceUri: value('__tableServiceUri'),
    blobServiceUri: value('__blobServiceUri'),
    queueServiceUri: value('__queueServiceUri'),
    credential: value('__credential'),
    clientId: value('__clientId'),
  };
}

/**
 * The account in the words of the Functions host, so that nothing is to be configured twice: a connection string, or
 * the name or addresses of an account that an identity may use. Undefined when nothing names an account.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
 */
export function storageAccount(values: StorageValues, credential: TokenCredential): StorageAccount | undefined {
  const { connectionString, accountName } = values;
  if (isGiven(connectionString)) return { kind: 'connection-string', connectionString };
  const uris = { table: values.tableServiceUri, blob: values.blobServiceUri, queue: values.queueServiceUri };
  const endpointOf = (service: Service): string | undefined =>
    given(uris[service]) ??
    siblingOf(uris, service) ??
    (isGiven(accountName) ? `https://${accountName}.${service}.core.windows.net` : undefined);
  const table = endpointOf('table');
  const blob = endpointOf('blob');
  const queue = endpointOf('queue');
  if (table === undefined || blob === undefined || queue === undefined) return undefined;
  return {
    kind: 'identity',
    tableEndpoint: bare(table),
    blobEndpoint: bare(blob),
    queueEndpoint: bare(queue),
    credential,
  };
}

/** The identity that the host is told to enter its storage with, which may be another than that for Azure Monitor. */
export function hostIdentity({ credential, clientId }: StorageValues): AzureIdentity | undefined {
  return isGiven(clientId) || isGiven(credential) ? { kind: 'managed-identity', clientId: given(clientId) } : undefined;
}

/** What is wrong with the values, one sentence each; nothing of a connection string is shown. Nobody is asked. */
export function storageProblems(values: StorageValues): readonly string[] {
  const { connectionString, accountName, credential, clientId } = values;
  const problems = [
    ...uriProblem('tableServiceUri', values.tableServiceUri),
    ...uriProblem('blobServiceUri', values.blobServiceUri),
    ...uriProblem('queueServiceUri', values.queueServiceUri),
  ];
  if (isGiven(accountName) && !/^[a-z0-9]{3,24}$/.test(accountName)) {
    problems.push(
      'AzureWebJobsStorage__accountName must be the name of a storage account: 3 to 24 lower-case letters and digits',
    );
  }
  if (isGiven(credential) && !/^managedidentity$/i.test(credential)) {
    problems.push('AzureWebJobsStorage__credential must be managedidentity, or absent');
  }
  if (isGiven(clientId) && !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientId)) {
    problems.push('AzureWebJobsStorage__clientId must be the client ID of a user-assigned identity, a GUID');
  }
  return isGiven(connectionString) && !isOpenable(connectionString)
    ? [
        ...problems,
        'AzureWebJobsStorage must be the connection string of a storage account with tables, blobs and queues; the value is not shown',
      ]
    : problems;
}

type Service = 'blob' | 'table' | 'queue';

/** The clients are asked, since they alone know what they take. */
function isOpenable(connectionString: string): boolean {
  try {
    openStorage({ kind: 'connection-string', connectionString }, { clock: { now: () => 0 } });
    return true;
  } catch {
    // What they say may quote the value: the sentence above says what it must be.
    return false;
  }
}

/** Tokens for storage are sent there: over TLS, or to an emulator on this machine. */
function uriProblem(name: string, uri: string | undefined): readonly string[] {
  return isGiven(uri) &&
    !/^(?:https:\/\/[a-z0-9.-]+|http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]))(?::\d{1,5})?(?:\/[\w-]*)?\/?$/i.test(uri)
    ? [`AzureWebJobsStorage__${name} must be the https URL of a service of a storage account`]
    : [];
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function given(value: string | undefined): string | undefined {
  return isGiven(value) ? value : undefined;
}

/** The services of an account differ in one label: `https://account.blob.core.windows.net`. */
function siblingOf(uris: Readonly<Record<Service, string | undefined>>, service: Service): string | undefined {
  for (const [other, uri] of Object.entries(uris)) {
    if (isGiven(uri) && uri.includes(`.${other}.`)) return uri.replace(`.${other}.`, `.${service}.`);
  }
  return undefined;
}

function bare(uri: string): string {
  return uri.replace(/\/+$/, '');
}
