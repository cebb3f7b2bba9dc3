import { shortText } from '../../kit/shortText.ts';
import { ConnectorError } from '../../words/errors.ts';
import { isPassing } from '../identity.ts';

/** One service of a storage account, each with a host, roles and network rules of its own. */
export interface StorageService {
  readonly kind: 'table' | 'blob' | 'queue';
  readonly host: string;
}

/** The service's own code of a refused request; '' when there was no answer. */
export function storageCode(error: unknown): string {
  const { code, details } = fields(error);
  // A single request tells its code in the details, a transaction as the error's own.
  return String(code ?? fields(fields(details)['odataError'])['code'] ?? fields(details)['errorCode'] ?? '');
}

export function storageStatus(error: unknown): number | undefined {
  const { statusCode } = fields(error);
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/** A request that failed, as our error. Neither keys nor tokens are part of the client's messages; bodies are, so they are left out. */
export function storageUnavailable(
  what: string,
  service: StorageService,
  error: unknown,
  timeoutMs: number,
): ConnectorError {
  const status = storageStatus(error);
  const { trouble, remedy } = meaningOf(status, error, service) ?? {};
  const reason = reasonOf(status, error, timeoutMs);
  return new ConnectorError(
    'storage-unavailable',
    `${what} at the ${service.kind} service ${service.host}: ${reason}`,
    {
      ...(remedy === undefined ? {} : { remedy }),
      cause: { status, code: storageCode(error), trouble },
    },
  );
}

function reasonOf(status: number | undefined, error: unknown, timeoutMs: number): string {
  if (status !== undefined) return `HTTP ${status} ${storageCode(error)}`.trimEnd();
  if (error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name)) {
    return `no answer within ${timeoutMs} ms, given up`;
  }
  return shortText(error instanceof Error ? error.message : String(error), 200);
}

/** https://learn.microsoft.com/azure/storage/common/authorize-data-access: the least role that lets the app do what it does. */
const roles: Readonly<Record<StorageService['kind'], string>> = {
  table: 'Storage Table Data Contributor',
  blob: 'Storage Blob Data Owner',
  queue: 'Storage Queue Data Contributor',
};

/** Why an account keeps us out, where it is known. */
export type StorageTrouble =
  | 'storage-name-unknown'
  | 'storage-identity-missing'
  | 'storage-keys-off'
  | 'storage-account-disabled'
  | 'storage-signature-narrow'
  | 'storage-network-closed'
  | 'storage-key-wrong'
  | 'storage-unreachable'
  | 'storage-role-missing';

/** Of a failure that `storageUnavailable` made; undefined where nothing is known but the failure. */
export function storageTroubleOf({ cause }: ConnectorError): StorageTrouble | undefined {
  return fields(cause)['trouble'] as StorageTrouble | undefined;
}

interface Known {
  readonly trouble: StorageTrouble;
  /** Undefined where it is known to pass. */
  readonly remedy: string | undefined;
}

/** https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes, and the common codes it links. */
function meaningOf(status: number | undefined, error: unknown, { kind, host }: StorageService): Known | undefined {
  const code = storageCode(error);
  const known = (trouble: StorageTrouble, remedy: string | undefined): Known => ({ trouble, remedy });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return known(
      'storage-name-unknown',
      `Check AzureWebJobsStorage, and the private endpoint and DNS zone of the ${kind} service when the account has them: the name ${host} does not resolve.`,
    );
  }
  if (error instanceof Error && /Credential|Authentication/.test(error.name)) {
    return known('storage-identity-missing', isPassing(error) ? undefined : storageIdentityRemedy);
  }
  switch (code) {
    case 'KeyBasedAuthenticationNotPermitted':
      return known(
        'storage-keys-off',
        'Set AzureWebJobsStorage__accountName in place of the connection string: the account does not let keys in.',
      );
    case 'AccountIsDisabled':
      return known('storage-account-disabled', `Enable the storage account of ${host} again.`);
    case 'InsufficientAccountPermissions':
    case 'AuthorizationServiceMismatch':
    case 'AuthorizationResourceTypeMismatch':
      return known(
        'storage-signature-narrow',
        `Let the shared access signature in AzureWebJobsStorage read, write and delete in the ${kind} service of ${host}, or use the account's key or an identity.`,
      );
    case 'AuthorizationFailure':
    case 'AuthorizationSourceIPMismatch':
    case 'PublicAccessNotPermitted':
      return known(
        'storage-network-closed',
        `Let the function app through the network rules of ${host}, or give the ${kind} service a private endpoint that it reaches.`,
      );
  }
  if (status === 401 || code === 'AuthenticationFailed') {
    return known(
      'storage-key-wrong',
      `Check AzureWebJobsStorage: ${host} does not accept its key or the identity of the app.`,
    );
  }
  if (status === undefined && cannotReach.test(code)) {
    return known(
      'storage-unreachable',
      `If this lasts, let the function app reach ${host} over HTTPS: network rules, private endpoint and routes of the ${kind} service.`,
    );
  }
  return status === 403
    ? known(
        'storage-role-missing',
        `Give the identity of the app the role ${roles[kind]} on the storage account; a new assignment can take 10 minutes to spread.`,
      )
    : undefined;
}

/** What to do when the identity gives no token for storage. */
export const storageIdentityRemedy =
  'Turn on the managed identity of the function app, and set its client ID in AzureWebJobsStorage__clientId when it is a user-assigned one (on a desk: run az login).';

/** Node's codes of hosts that are there, and not for us. https://nodejs.org/api/errors.html#common-system-errors */
const cannotReach = /^(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
