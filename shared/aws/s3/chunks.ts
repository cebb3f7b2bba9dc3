import { shortText } from '../../kit/shortText.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { IncomingBody } from '../http/incomingBody.ts';

/** The body of one answer, and what is needed to tell how it broke. */
export interface OpenBody {
  readonly body: IncomingBody;
  readonly bucket: string;
  readonly key: string;
  /** Content-Length, when the answer had one. */
  readonly expectedBytes: number | undefined;
}

/** Up to this size a body is handed over in one piece: a small file then inflates in one call. */
const onePieceBytes = 256 * 1024;

/** The body's bytes. A cut, short or stalled body throws ConnectorError 'object-cut'; our own signal 'slice-ended'. */
export async function* objectChunks(open: OpenBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { body, expectedBytes } = open;
  try {
    if (expectedBytes === undefined || expectedBytes > onePieceBytes) {
      yield* body;
    } else if (expectedBytes > 0) {
      yield await body.all(expectedBytes);
    }
  } catch (error) {
    throw brokenBody(open, error, signal);
  }
}

function brokenBody(open: OpenBody, error: unknown, signal: AbortSignal): ConnectorError {
  const { bucket, key, body, expectedBytes } = open;
  const where = `s3://${bucket}/${key}`;
  const at = { bucket, key };
  if (signal.aborted) {
    return new ConnectorError('slice-ended', `Reading ${where} was stopped after ${body.received} bytes`, { at });
  }
  const of = expectedBytes === undefined ? '' : ` of ${expectedBytes}`;
  const reason = shortText(error instanceof Error ? error.message : String(error));
  return new ConnectorError(
    'object-cut',
    `The body of ${where} broke off after ${body.received}${of} bytes: ${reason}`,
    {
      at,
      cause: error,
    },
  );
}
