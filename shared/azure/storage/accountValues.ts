import type { TokenCredential } from '@azure/core-auth';

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
}

/**
 * The account in the words of the Functions host, so that nothing is to be configured twice: a connection string, or
 * the name or addresses of an account that the app's identity may use. Undefined when nothing names an account.
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

type Service = 'blob' | 'table' | 'queue';

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
