/**
 * True for Node's and undici's codes of connections that never came to be: nothing of the request can have arrived.
 * https://nodejs.org/api/errors.html#common-system-errors
 */
export function isNeverSent(code: string): boolean {
  return neverSent.has(code);
}

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
