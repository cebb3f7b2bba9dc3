import { type AwsRefusal, awsRefusal } from '../answers/refusal.ts';
import type { HttpAnswer } from '../http/client.ts';
import { headerOf } from '../http/header.ts';

/** Reads an error answer of SQS; older codes, which differ, come in a header. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
export function readSqsRefusal(status: number, headers: HttpAnswer['headers'], body: string): AwsRefusal {
  const { type, message } = readDocument(body);
  const code = type?.replace(/^.*#/, '');
  const [queryCode] = headerOf(headers, 'x-amzn-query-error')?.split(';') ?? [];
  const requestId = headerOf(headers, 'x-amzn-requestid');
  const isCodeless = code === undefined && queryCode === undefined;
  return awsRefusal({
    status,
    codes: [code, queryCode],
    text: isCodeless ? undefined : message,
    requestId,
    bucketRegion: undefined,
    fromElsewhere: isCodeless && requestId === undefined && body.trim() !== '',
    header: (name) => headerOf(headers, name),
  });
}

function readDocument(body: string): { readonly type?: string | undefined; readonly message?: string | undefined } {
  try {
    const fields: Record<string, unknown> = Object(JSON.parse(body));
    return { type: text(fields['__type']), message: text(fields['message']) ?? text(fields['Message']) };
  } catch {
    // No JSON, so not of SQS itself: the status tells what it can.
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
