import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SourceCredentials } from '../../../shared/aws/credentials/sourceCredentials.ts';
import type { AwsSession } from '../../../shared/aws/credentials/stsActions.ts';
import type { AwsTimeouts } from '../../../shared/aws/http/timeouts.ts';
import { ConnectorError } from '../../../shared/words/errors.ts';

export interface StubRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StubAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** An answer, or a hand on the response itself for broken ones. */
export type StubHandler = (request: StubRequest, response: ServerResponse) => StubAnswer | undefined;

export interface StubServer {
  readonly endpoint: string;
  readonly requests: readonly StubRequest[];
  answer: StubHandler;
  close(): Promise<void>;
}

/** A loopback server that answers what the test says, byte for byte. */
export async function startStub(answer: StubHandler = () => ({ status: 500 })): Promise<StubServer> {
  const requests: StubRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (incoming, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) {
      pieces.push(piece);
    }
    const request = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body: Buffer.concat(pieces).toString('utf8'),
    };
    requests.push(request);
    const given = stub.answer(request, response);
    if (given !== undefined) {
      response.writeHead(given.status, given.headers);
      response.end(given.body ?? '');
    }
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stub: StubServer = {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    answer,
    close: () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return stub;
}

/** The error document of S3. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function s3Error(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
  extra = '',
): StubAnswer {
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': 'REQ-S3', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${extra}<RequestId>REQ-S3</RequestId><HostId>host</HostId></Error>`,
  };
}

/** The error document of STS (query protocol). */
export function stsError(status: number, code: string, message: string): StubAnswer {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'REQ-STS' },
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>${message}</Message>\n  </Error>\n  <RequestId>REQ-STS</RequestId>\n</ErrorResponse>\n`,
  };
}

/** The error document of SQS (JSON protocol), with the header for clients of the older query protocol. */
export function sqsError(status: number, type: string, message: string, queryCode?: string): StubAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': 'REQ-SQS',
      ...(queryCode === undefined ? {} : { 'x-amzn-query-error': `${queryCode};Sender` }),
    },
    body: JSON.stringify({ __type: type, message }),
  };
}

/** What STS answers when it gives a session. */
export function stsSession(
  action: 'AssumeRole' | 'AssumeRoleWithWebIdentity',
  keyId: string,
  expiration: number,
): StubAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn></AssumedRoleUser><Credentials><AccessKeyId>${keyId}</AccessKeyId><SecretAccessKey>secret-of-${keyId}</SecretAccessKey><SessionToken>token-of-${keyId}</SessionToken><Expiration>${new Date(expiration).toISOString()}</Expiration></Credentials></${action}Result><ResponseMetadata><RequestId>REQ-STS</RequestId></ResponseMetadata></${action}Response>`,
  };
}

/** For tests that must not wait: generous, so that a busy machine fails none; only idle connections are closed early. */
export const patient: AwsTimeouts = { connectMs: 120_000, answerMs: 120_000, bodyIdleMs: 120_000, idleSocketMs: 100 };

/** For tests of waiting: for answers that never come. */
export const impatient: AwsTimeouts = { ...patient, answerMs: 1_000, bodyIdleMs: 100 };

export const roleArn = 'arn:aws:iam::222233334444:role/Connector';

/** A fake of our own port: every session is numbered, invalidating makes the next one. */
export function numberedCredentials(): SourceCredentials & { made: number; invalidated: number } {
  const make = (): AwsSession => {
    credentials.made += 1;
    const n = credentials.made;
    return {
      accessKeyId: `ASIA${n}`,
      secretAccessKey: `secret${n}`,
      sessionToken: `token${n}`,
      expiresAt: Number.MAX_SAFE_INTEGER,
    };
  };
  let current: AwsSession | undefined;
  const credentials = {
    made: 0,
    invalidated: 0,
    roleArn,
    session: async () => {
      current ??= make();
      return current;
    },
    invalidate: (refused?: AwsSession) => {
      if (refused === undefined || refused === current) {
        credentials.invalidated += 1;
        current = undefined;
      }
    },
    close: () => undefined,
  };
  return credentials;
}

/** The ConnectorError that the work throws; anything else fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof ConnectorError) {
    return outcome.error;
  }
  throw new Error('expected a ConnectorError', { cause: 'error' in outcome ? outcome.error : outcome.value });
}
