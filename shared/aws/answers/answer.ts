import { isNeverSent } from '../../kit/neverSent.ts';
import { shortText } from '../../kit/shortText.ts';
import { type AwsRefusal, awsRefusal, RefusedRequest } from './refusal.ts';

/** What became of one AWS request that did not succeed, read from whatever the SDK threw. */
export type AwsAnswer = AwsRefusal | AwsSilence | AwsAbort;

/** No readable answer: refused connection, reset, time-out, garbled body. */
export interface AwsSilence {
  readonly kind: 'silent';
  readonly reason: string;
  /** False when the request cannot have reached the service. */
  readonly maybeSent: boolean;
}

/** Our own signal ended the wait. */
export interface AwsAbort {
  readonly kind: 'aborted';
}

/** Reads what a request threw: a refusal of ours, or an SDK client's error, whose code is in `name`, `Code` or `Error.Code`. */
export function readAwsAnswer(error: unknown, signal?: AbortSignal): AwsAnswer {
  if (error instanceof RefusedRequest) {
    return error.answer;
  }
  const fields = asRecord(error);
  const status = asRecord(fields['$metadata'])['httpStatusCode'];
  if (typeof status === 'number' && status >= 300) {
    return readRefusal(fields, status);
  }
  if (signal?.aborted === true) {
    return { kind: 'aborted' };
  }
  if (typeof status === 'number') {
    return { kind: 'silent', reason: `the answer (HTTP ${status}) could not be read`, maybeSent: true };
  }
  return {
    kind: 'silent',
    // A refusal by every address of a host has a code only.
    reason: shortText(String(text(fields['message']) ?? text(fields['code']) ?? error)),
    maybeSent: !isNeverSent(String(fields['code'])),
  };
}

/** The service's answer as the end of a sentence. */
export function describeAwsAnswer(answer: AwsAnswer): string {
  switch (answer.kind) {
    case 'refused': {
      if (answer.fromElsewhere) {
        return `something else answered in place of AWS, such as a proxy or portal (HTTP ${answer.status})`;
      }
      const request = answer.requestId === undefined ? '' : `, request ${answer.requestId}`;
      const text = answer.text === '' ? '' : `: "${answer.text}"`;
      return `AWS answered ${answer.shownCode} (HTTP ${answer.status}${request})${text}`;
    }
    case 'silent':
      return `no answer from AWS: ${answer.reason}`;
    case 'aborted':
      return 'stopped while waiting for AWS';
  }
}

/** A cause that is safe to log: the raw error carries headers, and for some codes the session token. */
export function causeOf(answer: AwsAnswer): unknown {
  return answer.kind === 'refused'
    ? { code: answer.shownCode, status: answer.status, requestId: answer.requestId }
    : { reason: describeAwsAnswer(answer) };
}

/** True when any code of the answer is among those given. */
export function hasCode(answer: AwsRefusal, codes: ReadonlySet<string>): boolean {
  return answer.codes.some((code) => codes.has(code));
}

/** Denied by a policy; an answer cut down to its status counts as well. */
export function isDenied(answer: AwsRefusal): boolean {
  return answer.codes.includes('AccessDenied') || (answer.codes.length === 0 && answer.status === 403);
}

/** Names the SDK makes up when the answer has no code. */
const madeUp = new Set(['Error', 'Unknown', 'UnknownError', 'SyntaxError']);

function readRefusal(fields: Record<string, unknown>, status: number): AwsRefusal {
  const inner = asRecord(fields['Error']);
  const raw = [fields['name'], fields['Code'], inner['Code']]
    .filter((code) => typeof code === 'string')
    .filter((code) => code !== '' && !madeUp.has(code));
  const headers = asRecord(asRecord(fields['$response'])['headers']);
  const readable = fields['$fault'] !== undefined && raw.length > 0;
  return awsRefusal({
    status,
    codes: raw,
    text: readable ? text(fields['message']) : undefined,
    requestId: text(asRecord(fields['$metadata'])['requestId']),
    bucketRegion: text(headers['x-amz-bucket-region']) ?? text(fields['Region']),
    header: (name) => text(headers[name]),
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
