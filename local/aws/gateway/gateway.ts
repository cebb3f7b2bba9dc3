import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answerCloudTrail } from '../cloudtrail/service.ts';
import { readS3Request, type S3Request } from '../s3/request.ts';
import { answerS3, type S3Dependencies } from '../s3/service.ts';
import { answerSqs, type SqsDependencies } from '../sqs/service.ts';
import { answerSts, isAnswer, type StsDependencies } from '../sts/service.ts';
import type { Credentials } from '../trust/credentials.ts';
import { type Verified, verifySignature } from '../trust/signature.ts';
import { type Answer, type Failure, failureAnswer, type Service } from './answers.ts';
import type { FaultPlan, Faults, makeFaults } from './faults.ts';
import { encryptionHeaders, reset, type Spoil, sendAnswer, sendObject } from './respond.ts';
import type { Counters } from './stats.ts';

/** Everything behind the one endpoint. */
export interface GatewayDependencies extends SqsDependencies, S3Dependencies, StsDependencies {
  readonly credentials: Credentials;
  readonly faults: Faults & Pick<ReturnType<typeof makeFaults>, 'plan'>;
  readonly counters: Counters;
  /** Answers what begins with `/_local/`: no bucket can be called that. */
  readonly admin: (method: string, path: string, body: Buffer | undefined) => Answer;
}

/** One HTTP server for S3, SQS, STS and CloudTrail: prove the sender, decide, answer, and spoil what a fault rule wants spoilt. */
export function makeGateway(dependencies: GatewayDependencies): Server {
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 0 }, (req, res) => {
    handle(req, res, dependencies).catch((error: unknown) => {
      // A bug of the embedded cloud: said aloud in the answer, or a test would chase it in the wrong place.
      const message = `The embedded AWS failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
      if (res.headersSent) res.destroy();
      else sendAnswer(res, failureAnswer('s3', { status: 500, code: 'InternalError', message }, req.method ?? ''));
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

// Larger than SQS's 1 MiB messages and S3 parts of 8 MiB; fauxqs refuses bodies of more than 11 MiB itself.
const maxBodyBytes = 11 * 1024 * 1024;

async function handle(req: IncomingMessage, res: ServerResponse, dependencies: GatewayDependencies): Promise<void> {
  const method = req.method ?? 'GET';
  const url = req.url ?? '/';
  const received = hasBody(req) ? await readBody(req) : undefined;
  if (received === 'too-large') return sendAnswer(res, failureAnswer('s3', entityTooLarge, method));
  const body: Buffer | undefined = received;
  if (url.startsWith('/_local/')) return sendAnswer(res, dependencies.admin(method, url, body));

  // Clients learn their clock's error from this header, so it must tell the embedded cloud's time.
  if (Math.abs(dependencies.now() - Date.now()) > 1000) {
    res.setHeader('date', new Date(dependencies.now()).toUTCString());
  }
  const call = readCall(req, method, url, body);
  dependencies.counters.request(call.service, call.operation);
  const fail = (failure: Failure, spoil?: Spoil) => {
    dependencies.counters.failure(call.service, call.operation, failure.code);
    sendAnswer(res, failureAnswer(call.service, failure, method), spoil);
  };

  const plan = dependencies.faults.plan(call.service, call.operation, call.subject);
  if (plan.latencyMs > 0)
    await delay(plan.latencyMs, undefined, { signal: dependencies.stopped }).catch(() => undefined);
  if (plan.expireSessions) dependencies.credentials.expireAll();
  if (plan.action?.kind === 'stall') return;
  if (plan.action?.kind === 'reset') return reset(res);
  if (plan.action?.kind === 'answer') return fail(injectedFailure(plan.action));
  if (call.kind === 'failure') return fail(call.failure);

  const spoil = plan.action?.kind === 'cut-body' || plan.action?.kind === 'lose-response' ? plan.action : undefined;
  if (
    call.kind === 'sts' &&
    call.operation === 'AssumeRoleWithWebIdentity' &&
    req.headers.authorization === undefined
  ) {
    return finish(await answerSts({ ...call, caller: undefined, region: dependencies.world.region }, dependencies));
  }
  const proof = verifySignature(
    { service: call.service, method, url, headers: req.headers, body },
    dependencies.credentials,
    dependencies.now(),
  );
  if ('failure' in proof) return fail(proof.failure);
  if (call.kind === 's3') return serveS3(call.request, proof.ok);
  const { caller } = proof.ok.credential;
  const sent = { caller, region: proof.ok.region };
  if (call.kind === 'cloudtrail') return finish(answerCloudTrail({ ...call, ...sent }, dependencies));
  if (call.kind === 'sts') return finish(await answerSts({ ...call, ...sent }, dependencies));
  return finish(await answerSqs({ ...call, ...sent, fault: plan.action, isGone: () => res.destroyed }, dependencies));

  function finish(result: Answer | Failure): void {
    if (!isAnswer(result)) {
      fail(result, spoil);
      return;
    }
    if (call.service === 'sts') dependencies.counters.session(call.operation);
    sendAnswer(res, result, spoil);
  }

  async function serveS3(request: S3Request, { credential, region }: Verified): Promise<void> {
    const isPlain = !readerHeaders.some((name) => name in req.headers) && !request.query.has('partNumber');
    const result = answerS3({ ...request, caller: credential.caller, region, isPlain }, dependencies);
    if (result.kind === 'failure') return fail(result.failure, spoil);
    if (result.kind === 'answer') return sendAnswer(res, result.answer, spoil);
    if (result.kind === 'object') {
      const { object, body, bucket } = result;
      return sendObject(res, object, body, bucket, nextRequestId(), spoil, dependencies.counters.bytes);
    }
    const headers = { ...encryptionHeaders(result.bucket), 'x-amz-request-id': nextRequestId() };
    if (body === undefined && spoil === undefined) {
      for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
      return dependencies.fauxqs.app.routing(req, res);
    }
    // fauxqs would resolve the dots and write to another key; the owner's side takes such keys as they are.
    if (/\/\.\.?(\/|$|\?)/.test(url)) return fail(dotSegments, spoil);
    return sendAnswer(res, await viaFauxqs(req, method, url, body, headers, dependencies), spoil);
  }
}

const entityTooLarge: Failure = {
  status: 400,
  code: 'EntityTooLarge',
  message: `Your proposed upload exceeds the maximum allowed size (here ${maxBodyBytes} bytes; upload in parts).`,
};

const dotSegments: Failure = {
  status: 501,
  code: 'NotImplemented',
  message: 'The embedded S3 takes no uploads to keys with "." or ".." segments over HTTP.',
};

/** Headers that make a GET more than plain. */
const readerHeaders = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

type Call = { readonly service: Service; readonly operation: string; readonly subject: string } & (
  | { readonly kind: 's3'; readonly request: S3Request }
  | { readonly kind: 'cloudtrail' | 'sqs'; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'sts'; readonly fields: URLSearchParams }
  | { readonly kind: 'failure'; readonly failure: Failure }
);

function readCall(req: IncomingMessage, method: string, url: string, body: Buffer | undefined): Call {
  const target = req.headers['x-amz-target'];
  if (typeof target === 'string' && target.startsWith('AmazonSQS.')) return readJson('sqs', target.slice(10), body);
  if (typeof target === 'string' && target.startsWith(trailTarget)) {
    return readJson('cloudtrail', target.slice(trailTarget.length), body);
  }
  if (
    method === 'POST' &&
    url === '/' &&
    req.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  ) {
    const fields = new URLSearchParams(body?.toString());
    const operation = fields.get('Action') ?? '';
    return { kind: 'sts', service: 'sts', operation, subject: fields.get('RoleArn') ?? '', fields };
  }
  const request = readS3Request(method, url);
  if ('code' in request) return { kind: 'failure', service: 's3', operation: method, subject: url, failure: request };
  return { kind: 's3', service: 's3', operation: request.operation, subject: request.key, request };
}

/** Before the name of an action of CloudTrail. */
const trailTarget = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.';

function readJson(kind: 'cloudtrail' | 'sqs', operation: string, body: Buffer | undefined): Call {
  try {
    const input = JSON.parse(body?.toString() ?? '') as Readonly<Record<string, unknown>>;
    const subject = String(input['QueueUrl'] ?? input['Name'] ?? input['TrailName'] ?? '');
    return { kind, service: kind, operation, subject, input };
  } catch {
    // Told to the caller in the words of the JSON protocol.
    const failure = {
      status: 400,
      code: 'SerializationException',
      type: 'com.amazon.coral.service#SerializationException',
      message: 'The body is not JSON.',
    };
    return { kind: 'failure', service: kind, operation, subject: '', failure };
  }
}

function injectedFailure(action: Extract<NonNullable<FaultPlan['action']>, { kind: 'answer' }>): Failure {
  return {
    status: action.status,
    code: action.code,
    message: action.message ?? `Injected ${action.code}.`,
    ...(action.retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(action.retryAfterSeconds) } }),
  };
}

async function viaFauxqs(
  req: IncomingMessage,
  method: string,
  url: string,
  body: Buffer | undefined,
  extra: Record<string, string>,
  { fauxqs }: GatewayDependencies,
): Promise<Answer> {
  const { 'transfer-encoding': _, 'content-length': __, ...headers } = req.headers;
  const response = await fauxqs.app.inject({
    method: method as 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE',
    url,
    headers: headers as Record<string, string>,
    ...(body === undefined ? {} : { payload: body }),
  });
  const { connection: ___, 'transfer-encoding': ____, ...kept } = response.headers;
  return {
    status: response.statusCode,
    headers: { ...(kept as Record<string, string>), ...extra },
    body: response.rawPayload,
  };
}

function hasBody(req: IncomingMessage): boolean {
  return (req.headers['content-length'] ?? '0') !== '0' || req.headers['transfer-encoding'] !== undefined;
}

async function readBody(req: IncomingMessage): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
  }
  if (length > maxBodyBytes) return 'too-large';
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

let requests = 0;

function nextRequestId(): string {
  requests += 1;
  return requests.toString(16).toUpperCase().padStart(16, '0');
}
