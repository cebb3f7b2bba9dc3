import { ConnectorError } from '../../words/errors.ts';
import { asError } from '../../words/failure.ts';
import type { SliceTimer } from '../accounts/sliceTimer.ts';
import type { Tally } from '../accounts/tally.ts';
import type { Destination, UploadBody } from '../ports/destination.ts';

/** What one request came to. */
export type Answer =
  | { readonly kind: 'accepted' }
  /** 413: the request is too large for the service, whatever is in it. */
  | { readonly kind: 'too-large'; readonly error: ConnectorError }
  /** 400: something in the batch is not to the service's liking. */
  | { readonly kind: 'refused'; readonly error: ConnectorError }
  | { readonly kind: 'failed'; readonly error: Error; readonly isOutcomeUnknown: boolean };

/** What is counted of uploads. */
export type UploadCounts = Pick<
  Tally,
  | 'bytesSent'
  | 'bytesUploaded'
  | 'mostUploadsInFlight'
  | 'rowsAccepted'
  | 'rowsInFlight'
  | 'rowsOfUnknownOutcome'
  | 'uploadAttempts'
  | 'uploads'
  | 'uploadsInFlight'
>;

export function noUploads(): UploadCounts {
  return {
    bytesSent: 0,
    bytesUploaded: 0,
    mostUploadsInFlight: 0,
    rowsAccepted: 0,
    rowsInFlight: 0,
    rowsOfUnknownOutcome: 0,
    uploadAttempts: 0,
    uploads: 0,
    uploadsInFlight: 0,
  };
}

export interface RequestParts {
  readonly tally: UploadCounts;
  readonly timer: Pick<SliceTimer, 'during'>;
  /** Ends the request in flight. */
  readonly abandon: AbortSignal;
}

/** Makes one request, and counts it: rows at the bodies that are accepted, and those whose outcome nobody knows. */
export async function request(body: UploadBody, destination: Destination, parts: RequestParts): Promise<Answer> {
  const { abandon, tally, timer } = parts;
  tally.uploadAttempts += 1;
  tally.rowsInFlight += body.rows;
  tally.uploadsInFlight += 1;
  tally.mostUploadsInFlight = Math.max(tally.mostUploadsInFlight, tally.uploadsInFlight);
  try {
    await timer.during('upload', () => destination.upload(body, abandon));
    tally.uploads += 1;
    tally.rowsAccepted += body.rows;
    tally.bytesUploaded += body.uncompressedBytes;
    tally.bytesSent += body.gzipped.length;
    return { kind: 'accepted' };
  } catch (thrown) {
    const answer = answerOf(asError(thrown));
    if (answer.kind === 'failed' && answer.isOutcomeUnknown) tally.rowsOfUnknownOutcome += body.rows;
    return answer;
  } finally {
    tally.rowsInFlight -= body.rows;
    tally.uploadsInFlight -= 1;
  }
}

function answerOf(error: Error): Answer {
  // Only an answer proves that nothing was taken; a bug proves nothing.
  if (!(error instanceof ConnectorError)) return { kind: 'failed', error, isOutcomeUnknown: true };
  if (error.code === 'upload-too-large') return { kind: 'too-large', error };
  if (error.code === 'upload-refused') return { kind: 'refused', error };
  return { kind: 'failed', error, isOutcomeUnknown: error.outcomeUnknown };
}
