import { createReadStream, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { Bucket } from '../scene/world.ts';
import type { StoredObject } from '../sqs/fauxqs.ts';
import type { Answer } from './answers.ts';
import type { FaultAction } from './faults.ts';

/** How an answer is spoilt on its way out, if at all. */
export type Spoil = Extract<FaultAction, { kind: 'cut-body' | 'lose-response' }> | undefined;

/** Sends a small answer whole, or as the fault wants it. */
export function sendAnswer(res: ServerResponse, answer: Answer, spoil?: Spoil): void {
  if (res.destroyed) return;
  if (spoil?.kind === 'lose-response') {
    reset(res);
    return;
  }
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const isBodiless = answer.status === 304 || (body.length === 0 && 'content-length' in answer.headers);
  res.writeHead(answer.status, { ...answer.headers, ...(isBodiless ? {} : { 'content-length': body.length }) });
  if (spoil === undefined || body.length <= spoil.afterBytes) {
    res.end(body);
    return;
  }
  res.write(body.subarray(0, spoil.afterBytes), () => cut(res, spoil.how));
}

/** Sends an object, of which `body` is the bytes or the file: small ones in one write, large ones as a stream, so that memory stays flat. */
export function sendObject(
  res: ServerResponse,
  object: StoredObject,
  body: Buffer | string,
  bucket: Bucket,
  requestId: string,
  spoil: Spoil,
  onBytes: (count: number) => void,
): void {
  if (spoil?.kind === 'lose-response') {
    reset(res);
    return;
  }
  const length = object.contentLength;
  res.writeHead(200, headersOf(object, bucket, requestId));
  if (res.req.method === 'HEAD') {
    res.end();
    return;
  }
  if (spoil === undefined && length <= streamAbove) {
    res.end(length === 0 ? undefined : typeof body === 'string' ? readFileSync(body) : body);
    onBytes(length);
    return;
  }
  const end = spoil === undefined ? length : Math.min(length, spoil.afterBytes);
  if (end === 0) {
    res.flushHeaders();
    if (spoil !== undefined) cut(res, spoil.how);
    return;
  }
  if (typeof body !== 'string') {
    onBytes(end);
    if (end === length) res.end(body);
    else res.write(body.subarray(0, end), () => spoil && cut(res, spoil.how));
    return;
  }
  const stream = createReadStream(body, { end: end - 1, highWaterMark: 512 * 1024 });
  stream.on('error', (error) => res.destroy(error));
  res.on('close', () => {
    onBytes(stream.bytesRead);
    stream.destroy();
  });
  if (spoil === undefined || end === length) {
    stream.pipe(res);
    return;
  }
  stream.pipe(res, { end: false });
  // The empty write comes back when everything before it has left for the socket.
  stream.on('end', () => res.write('', () => cut(res, spoil.how)));
}

/** Breaks the connection as a crash would: the client sees ECONNRESET. */
export function reset(res: ServerResponse): void {
  res.socket?.resetAndDestroy();
}

const streamAbove = 1024 * 1024;

/** Headers every object carries, whoever serves it. */
export function encryptionHeaders(bucket: Bucket): Record<string, string> {
  return bucket.kmsKeyArn === undefined
    ? { 'x-amz-server-side-encryption': 'AES256' }
    : { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': bucket.kmsKeyArn };
}

function headersOf(object: StoredObject, bucket: Bucket, requestId: string): Record<string, string | number> {
  const headers: Record<string, string | number> = {
    'x-amz-request-id': requestId,
    'last-modified': object.lastModified.toUTCString(),
    etag: object.etag,
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
    'content-length': object.contentLength,
    server: 'AmazonS3',
    ...encryptionHeaders(bucket),
  };
  if (object.contentEncoding !== undefined) headers['content-encoding'] = object.contentEncoding;
  for (const [name, value] of Object.entries(object.metadata)) headers[`x-amz-meta-${name}`] = value;
  return headers;
}

function cut(res: ServerResponse, how: 'rst' | 'fin' | 'stall'): void {
  if (how === 'rst') reset(res);
  else if (how === 'fin') res.socket?.end();
}
