import { type AwsRefusal, awsRefusal } from '../answers/refusal.ts';
import type { HttpAnswer } from '../http/client.ts';
import { headerOf } from '../http/header.ts';

/** Reads an error answer of S3, or of whatever stands before it. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function readS3Refusal(status: number, headers: HttpAnswer['headers'], body: string): AwsRefusal {
  const code = element(body, 'Code');
  const requestId = headerOf(headers, 'x-amz-request-id');
  return awsRefusal({
    status,
    codes: [code],
    text: code === undefined ? undefined : element(body, 'Message'),
    requestId,
    bucketRegion: headerOf(headers, 'x-amz-bucket-region') ?? element(body, 'Region'),
    fromElsewhere: code === undefined && requestId === undefined && body.trim() !== '',
    header: (name) => headerOf(headers, name),
  });
}

/** S3's error documents are flat, without attributes, and name each element once. */
function element(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`);
  const end = xml.indexOf(`</${name}>`, start);
  return start === -1 || end === -1 ? undefined : unescaped(xml.slice(start + name.length + 2, end));
}

function unescaped(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_entity, name: keyof typeof entities) => entities[name]);
}

const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' } as const;
