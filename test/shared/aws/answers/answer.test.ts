import { describe, expect, it } from 'vitest';
import { causeOf, describeAwsAnswer, readAwsAnswer } from '../../../../shared/aws/answers/answer.ts';

const refused = (more: object) => ({ $fault: 'client', $metadata: { httpStatusCode: 400 }, ...more });

describe('readAwsAnswer', () => {
  it('collects the codes of every field without prefix and suffix', () => {
    const answer = readAwsAnswer(
      refused({ name: 'QueueDoesNotExist', Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue' }, message: 'no' }),
    );
    expect(answer).toMatchObject({ kind: 'refused', codes: ['QueueDoesNotExist', 'NonExistentQueue'], text: 'no' });
  });

  it('knows that an answer came which could not be read', () => {
    const error = Object.assign(new SyntaxError('odd'), { $metadata: { httpStatusCode: 200 } });
    expect(describeAwsAnswer(readAwsAnswer(error))).toBe('no answer from AWS: the answer (HTTP 200) could not be read');
  });

  it('keeps the status when the answer has no code', () => {
    const answer = readAwsAnswer(refused({ name: 'Unknown', message: 'UnknownError' }));
    expect(describeAwsAnswer(answer)).toBe('AWS answered an error without a code (HTTP 400)');
  });

  it.each([
    ['12', 12_000],
    ['', undefined],
  ])('reads retry-after "%s" as %s ms', (header, expected) => {
    const answer = readAwsAnswer(refused({ name: 'SlowDown', $response: { headers: { 'retry-after': header } } }));
    expect(answer).toMatchObject({ retryAfterMs: expected });
  });

  it('shows the first line of the text, shortened: further lines of a signature failure hold the session token', () => {
    expect(readAwsAnswer(refused({ name: 'SlowDown', message: 'one\ntwo' }))).toMatchObject({ text: 'one' });
    const long = readAwsAnswer(refused({ name: 'SlowDown', message: 'x'.repeat(400) }));
    expect(long).toMatchObject({ text: `${'x'.repeat(300)}...` });
  });

  it.each([
    ['ECONNREFUSED', false],
    ['ENOTFOUND', false],
    ['UND_ERR_CONNECT_TIMEOUT', false],
    ['ECONNRESET', true],
  ])('takes %s as sent: %s', (code, maybeSent) => {
    expect(readAwsAnswer(Object.assign(new Error('broken'), { code }))).toEqual({
      kind: 'silent',
      reason: 'broken',
      maybeSent,
    });
  });

  it('names the code of an error without words', () => {
    const error = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    expect(readAwsAnswer(error)).toEqual({ kind: 'silent', reason: 'ECONNREFUSED', maybeSent: false });
  });

  it('copes with anything thrown', () => {
    expect(readAwsAnswer('odd')).toMatchObject({ kind: 'silent', reason: 'odd' });
    expect(readAwsAnswer(undefined)).toMatchObject({ kind: 'silent', reason: 'undefined' });
  });

  it('is an abort when our signal ended the wait', () => {
    const answer = readAwsAnswer(new Error('Request aborted'), AbortSignal.abort());
    expect(answer).toEqual({ kind: 'aborted' });
    expect(causeOf(answer)).toEqual({ reason: 'stopped while waiting for AWS' });
  });

  it('believes a refusal even when our signal aborted meanwhile', () => {
    expect(readAwsAnswer(refused({ name: 'AccessDenied' }), AbortSignal.abort()).kind).toBe('refused');
  });
});
