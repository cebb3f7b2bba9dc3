import { randomUUID } from 'node:crypto';

/** The services behind the one endpoint; each words its failures in its own form. */
export type Service = 'cloudtrail' | 's3' | 'sqs' | 'sts';

/** A refusal as the service would word it. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The JSON protocol's name for the same failure, where it differs from the code. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further elements of S3's error document. */
  readonly details?: Readonly<Record<string, string>>;
}

/** A complete small answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Words a failure in the service's own form. HEAD answers carry no body, as HTTP demands. */
export function failureAnswer(service: Service, failure: Failure, method: string): Answer {
  const answer = forms[service](failure, randomUUID());
  return method === 'HEAD' ? { ...answer, body: '' } : answer;
}

/** Makes text safe inside an XML element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\p{Cc}]/gu, (character) => {
    const named = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }[character];
    return named ?? `&#${character.charCodeAt(0)};`;
  });
}

/** A successful XML answer. */
export function xmlAnswer(body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

type Form = (failure: Failure, requestId: string) => Answer;

const forms: Readonly<Record<Service, Form>> = {
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/CommonErrors.html
  cloudtrail: (failure, requestId) => ({
    status: failure.status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId, ...failure.headers },
    body: JSON.stringify({ __type: failure.type ?? failure.code, message: failure.message }),
  }),
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  s3: (failure, requestId) => ({
    status: failure.status,
    headers: {
      'content-type': 'application/xml',
      'x-amz-request-id': shortId(requestId),
      'x-amz-id-2': hostId,
      ...failure.headers,
    },
    body:
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${element('Code', failure.code)}` +
      element('Message', failure.message) +
      Object.entries(failure.details ?? {})
        .map(([name, value]) => element(name, value))
        .join('') +
      `${element('RequestId', shortId(requestId))}${element('HostId', hostId)}</Error>`,
  }),
  // https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
  sts: (failure, requestId) => ({
    status: failure.status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId, ...failure.headers },
    body:
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>${faultOf(failure)}</Type>` +
      `${element('Code', failure.code)}${element('Message', failure.message)}</Error>` +
      `${element('RequestId', requestId)}</ErrorResponse>`,
  }),
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
  sqs: (failure, requestId) => ({
    status: failure.status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': requestId,
      'x-amzn-query-error': `${failure.code};${faultOf(failure)}`,
      ...failure.headers,
    },
    body: JSON.stringify({ __type: failure.type ?? `com.amazonaws.sqs#${failure.code}`, message: failure.message }),
  }),
};

const hostId = 'bG9jYWwtZW1iZWRkZWQtYXdz';

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

function shortId(requestId: string): string {
  return requestId.replaceAll('-', '').slice(0, 16).toUpperCase();
}

function faultOf(failure: Failure): 'Sender' | 'Receiver' {
  return failure.status >= 500 ? 'Receiver' : 'Sender';
}
