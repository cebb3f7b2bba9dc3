import { createHmac, hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Failure, Service } from '../gateway/answers.ts';
import { authenticationFailure, skewFailure } from './authenticationFailures.ts';
import type { Credential, Credentials } from './credentials.ts';

/** What of a request the signature covers. */
export interface SignedRequest {
  readonly service: Service;
  readonly method: string;
  /** Path and query exactly as they came over the wire. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | undefined;
}

/** The proven sender and the region the signature was made for. */
export interface Verified {
  readonly credential: Credential;
  readonly region: string;
}

/**
 * Verifies a Signature Version 4 header as AWS does: key, token, expiry, date, payload hash, signature.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifySignature(
  request: SignedRequest,
  credentials: Credentials,
  now: number,
): { readonly ok: Verified } | { readonly failure: Failure } {
  const { service, headers } = request;
  const refuse = (problem: Parameters<typeof authenticationFailure>[1]) => ({
    failure: authenticationFailure(service, problem),
  });
  if (headers.authorization === undefined) return refuse('unsigned');
  const parts = readAuthorization(headers.authorization);
  const date = headerOf(headers, 'x-amz-date');
  if (parts === undefined || parts.service !== service || !date.startsWith(parts.day)) return refuse('malformed');
  if (!parts.signedHeaders.includes('host')) return refuse('malformed');

  const credential = credentials.find(parts.accessKeyId);
  const token = headers['x-amz-security-token'];
  if (credential === undefined) return refuse('unknown-key');
  if (credential.sessionToken !== token) return refuse(token === undefined ? 'unknown-key' : 'token-mismatch');
  if (credential.expiresAt !== undefined && now >= credential.expiresAt) return refuse('expired');

  const requestTime = readDate(date);
  if (requestTime === undefined) return refuse('malformed');
  const allowedMs = allowedSkewMs[service];
  if (Math.abs(now - requestTime) > allowedMs) return { failure: skewFailure(service, requestTime, now, allowedMs) };

  const payload = payloadHash(request);
  if (payload === undefined) return refuse('payload-not-matching');
  const expected = sign(credential, parts, date, canonicalRequest(request, parts.signedHeaders, payload));
  if (expected !== parts.signature) return refuse('not-matching');
  return { ok: { credential, region: parts.region } };
}

// S3 allows 15 minutes, the other services 5: each says so in its own failure text.
const allowedSkewMs: Readonly<Record<Service, number>> = {
  cloudtrail: 300_000,
  s3: 900_000,
  sqs: 300_000,
  sts: 300_000,
};

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

interface Authorization {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function readAuthorization(header: string): Authorization | undefined {
  const match = authorizationForm.exec(header);
  if (match === null) return undefined;
  const [, accessKeyId = '', day = '', region = '', service = '', names = '', signature = ''] = match;
  const scope = `${day}/${region}/${service}/aws4_request`;
  return { accessKeyId, day, region, service, scope, signedHeaders: names.split(';'), signature };
}

const authorizationForm =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/;

/** What the canonical request says of the body; undefined when the body is not what its header claims. */
function payloadHash({ service, headers, body }: SignedRequest): string | undefined {
  const claimed = headers['x-amz-content-sha256'];
  if (service === 's3' && typeof claimed === 'string' && !/^[0-9a-f]{64}$/.test(claimed)) {
    // UNSIGNED-PAYLOAD and the STREAMING-... forms: the text itself is what was signed. Chunk signatures are not checked.
    return claimed;
  }
  const actual = body === undefined || body.length === 0 ? emptyHash : hash('sha256', body, 'hex');
  return claimed === undefined || claimed === actual ? actual : undefined;
}

function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[], payload: string): string {
  const queryAt = request.url.indexOf('?');
  const path = queryAt === -1 ? request.url : request.url.slice(0, queryAt);
  let text = `${request.method}\n${request.service === 's3' ? path : encodeAgain(path)}\n`;
  if (queryAt !== -1) text += canonicalQuery(request.url.slice(queryAt + 1));
  text += '\n';
  for (const name of signedHeaders) text += `${name}:${headerOf(request.headers, name)}\n`;
  return `${text}\n${signedHeaders.join(';')}\n${payload}`;
}

function encodeAgain(path: string): string {
  return path === '/' ? path : path.split('/').map(encodeStrictly).join('/');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at === -1 ? ([pair, ''] as const) : ([pair.slice(0, at), pair.slice(at + 1)] as const);
  });
  return pairs
    .map(([name, value]) => [encodeStrictly(decode(name)), encodeStrictly(decode(value))] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not valid percent-encoding: it stays as it came, and its signature will tell.
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sign(credential: Credential, parts: Authorization, date: string, canonical: string): string {
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${parts.scope}\n${hash('sha256', canonical, 'hex')}`;
  return createHmac('sha256', signingKey(credential, parts)).update(toSign).digest('hex');
}

function signingKey(credential: Credential, parts: Authorization): Buffer {
  const known = credential.signingKeys.get(parts.scope);
  if (known !== undefined) return known;
  const key = [parts.day, parts.region, parts.service, 'aws4_request'].reduce<Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    Buffer.from(`AWS4${credential.secretAccessKey}`),
  );
  if (credential.signingKeys.size >= 32) credential.signingKeys.clear();
  credential.signingKeys.set(parts.scope, key);
  return key;
}

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  const text = typeof value === 'string' ? value : (value?.join(',') ?? '');
  return text.trim().replace(/ {2,}/g, ' ');
}

function readDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
