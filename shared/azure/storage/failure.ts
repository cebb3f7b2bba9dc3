import { shortText } from '../../kit/shortText.ts';
import { ConnectorError } from '../../words/errors.ts';

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
export function storageUnavailable(what: string, host: string, error: unknown, timeoutMs: number): ConnectorError {
  const status = storageStatus(error);
  const remedy = remedyOf(status, error, host);
  return new ConnectorError('storage-unavailable', `${what} at ${host}: ${reasonOf(status, error, timeoutMs)}`, {
    ...(remedy === undefined ? {} : { remedy }),
    cause: { status, code: storageCode(error) },
  });
}

function reasonOf(status: number | undefined, error: unknown, timeoutMs: number): string {
  if (status !== undefined) return `HTTP ${status} ${storageCode(error)}`.trimEnd();
  if (error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name)) {
    return `no answer within ${timeoutMs} ms, given up`;
  }
  return shortText(error instanceof Error ? error.message : String(error), 200);
}

/** https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes, and the common codes it links. */
function remedyOf(status: number | undefined, error: unknown, host: string): string | undefined {
  const code = storageCode(error);
  if (code === 'ENOTFOUND') return `Check AzureWebJobsStorage: the name ${host} does not resolve.`;
  if (error instanceof Error && /Credential|Authentication/.test(error.name)) {
    return 'Turn on the managed identity of the function app, and set its client ID when it is a user-assigned one (on a desk: run az login).';
  }
  if (status === 401 || code === 'AuthenticationFailed') {
    return 'Check AzureWebJobsStorage: the account does not accept its key or the identity of the app.';
  }
  if (code === 'AuthorizationFailure') return `Let the function app through the network rules of ${host}.`;
  if (status === 403) {
    return 'Give the identity of the app the roles Storage Table Data Contributor and Storage Blob Data Owner on the storage account; a new assignment can take 10 minutes to spread.';
  }
  return undefined;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
