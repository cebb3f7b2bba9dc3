import type { Readable } from 'node:stream';
import { ConnectorError } from '../errors.ts';
import { firstLine } from './awsAnswer.ts';

/** The body of one answer, and what is needed to tell how it broke. */
export interface OpenBody {
  readonly stream: Readable;
  readonly bucket: string;
  readonly key: string;
  /** Content-Length, when the answer had one. */
  readonly expectedBytes: number | undefined;
  readonly idleMs: number;
}

/** Up to this size a body is handed over in one piece: a small file then inflates in one call. */
const onePieceBytes = 256 * 1024;

/**
 * The body's bytes. A cut, short or stalled body throws ConnectorError 'object-cut'; our own signal 'slice-ended'.
 * The idle limit runs only while we wait for bytes: a reader held back by slow uploads is no stall.
 */
export async function* objectChunks(body: OpenBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (body.expectedBytes !== undefined && body.expectedBytes <= onePieceBytes) {
    const pieces: Uint8Array[] = [];
    for await (const piece of watchedChunks(body, signal)) {
      pieces.push(piece);
    }
    const [only] = pieces;
    if (only !== undefined) {
      yield pieces.length === 1 ? only : Buffer.concat(pieces);
    }
    return;
  }
  yield* watchedChunks(body, signal);
}

async function* watchedChunks(body: OpenBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stream, expectedBytes, idleMs } = body;
  let received = 0;
  let isWaiting = true;
  const onIdle = (): void => {
    if (isWaiting) {
      stream.destroy(new Error(`nothing came for ${idleMs} ms`));
    }
  };
  const idle = setTimeout(onIdle, idleMs);
  try {
    for await (const chunk of stream) {
      received += chunk.length;
      isWaiting = false;
      yield chunk;
      isWaiting = true;
      idle.refresh();
    }
  } catch (error) {
    throw brokenBody(body, received, error, signal);
  } finally {
    clearTimeout(idle);
  }
  if (signal.aborted || (expectedBytes !== undefined && received !== expectedBytes)) {
    throw brokenBody(body, received, new Error('the connection ended early'), signal);
  }
}

function brokenBody(body: OpenBody, received: number, error: unknown, signal: AbortSignal): ConnectorError {
  const where = `s3://${body.bucket}/${body.key}`;
  const at = { bucket: body.bucket, key: body.key };
  if (signal.aborted) {
    return new ConnectorError('slice-ended', `Reading ${where} was stopped after ${received} bytes`, { at });
  }
  const of = body.expectedBytes === undefined ? '' : ` of ${body.expectedBytes}`;
  const reason = firstLine(error instanceof Error ? error.message : String(error));
  return new ConnectorError('object-cut', `The body of ${where} broke off after ${received}${of} bytes: ${reason}`, {
    at,
    cause: error,
  });
}
