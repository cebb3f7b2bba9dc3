import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TableClient } from '@azure/data-tables';
import { afterEach, describe, expect, it } from 'vitest';
import { submitTo, type TableOperation } from '../../../../shared/azure/storage/transaction.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Asked {
  readonly url: string;
  readonly authorization: string;
  readonly body: string;
}

/** A client of a service that answers every request alike and keeps what it was asked. */
async function rig(status: number, answer: string) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const { authorization = '' } = request.headers;
      asked.push({ url: request.url ?? '', authorization, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(status, { 'content-type': 'multipart/mixed', 'x-ms-request-id': 'r' });
      response.end(answer);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme`;
  const account = `DefaultEndpointsProtocol=http;AccountName=acme;AccountKey=${Buffer.from('k').toString('base64')};TableEndpoint=${endpoint};`;
  const client = TableClient.fromConnectionString(account, 'ledger', {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  return { asked, client, submit: submitTo(client) };
}

const never = new AbortController().signal;

/** As https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions#sample-response shows it. */
function answered(...parts: readonly (readonly [status: string, headers: string, body?: string])[]): string {
  const written = parts.map(
    ([status, headers, body = '']) =>
      `--changesetresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}\r\n`,
  );
  return `--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n${written.join('')}--changesetresponse_1--\r\n--batchresponse_1--\r\n`;
}

const noContent = (etag: string) => ['204 No Content', `ETag: ${etag}`] as const;
const everyKind: readonly TableOperation[] = [
  {
    kind: 'insert',
    entity: {
      partitionKey: "o'day",
      rowKey: 'a',
      text: 'ünï\u2028"\\',
      rows: 7,
      is: true,
      until: new Date(0),
      gone: undefined,
    },
  },
  { kind: 'merge', entity: { partitionKey: "o'day", rowKey: "b'/?#", at: new Date(1.5e12) }, etag: `W/"datetime'x'"` },
  { kind: 'delete', key: { partitionKey: "o'day", rowKey: 'c' } },
];

/** What each part of a transaction asks for. */
function operationsIn(body: string) {
  return body
    .split(/content-transfer-encoding: binary\r\n\r\n/i)
    .slice(1)
    .map((part) => {
      const [line = ''] = part.split('\r\n', 1);
      const json = /\{.*\}/s.exec(part)?.[0];
      return {
        line,
        ifMatch: /^if-match: (.*)$/im.exec(part)?.[1],
        prefers: /^prefer: (.*)$/im.exec(part)?.[1],
        entity: json === undefined ? undefined : (JSON.parse(json) as unknown),
      };
    });
}

describe('submitTo', () => {
  it('asks for what the client itself asks for', async () => {
    const { asked, client, submit } = await rig(202, answered(noContent('1'), noContent('2'), ['204 No Content', '']));
    await submit(everyKind, never);
    await client.submitTransaction([
      ['create', { ...(everyKind[0] as { entity: { partitionKey: string; rowKey: string } }).entity }],
      [
        'update',
        (everyKind[1] as { entity: { partitionKey: string; rowKey: string } }).entity,
        'Merge',
        { etag: `W/"datetime'x'"` },
      ],
      ['delete', { partitionKey: "o'day", rowKey: 'c' }],
    ]);
    const [ours, theirs] = asked;
    expect(ours?.url).toBe(theirs?.url);
    expect(ours?.authorization).toMatch(/^SharedKeyLite acme:/);
    const [first, second, third] = operationsIn(ours?.body ?? '');
    expect([first, second, third].map((each) => each?.line)).toEqual(
      operationsIn(theirs?.body ?? '').map(({ line }) => line),
    );
    expect([first, second, third].map((each) => each?.ifMatch)).toEqual(
      operationsIn(theirs?.body ?? '').map(({ ifMatch }) => ifMatch),
    );
    expect([first, second].map((each) => each?.entity)).toEqual(
      operationsIn(theirs?.body ?? '')
        .slice(0, 2)
        .map(({ entity }) => entity),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked.
    expect(ours?.body).toMatch(/^[\x00-\x7f]*$/);
  });

  it('answers the new ETag of each, in their order', async () => {
    const { submit } = await rig(202, answered(noContent('W/"1"'), noContent('W/"2"'), ['204 No Content', '']));
    expect(await submit(everyKind, never)).toEqual(['W/"1"', 'W/"2"', '']);
  });

  it.each([
    [
      'a part was refused',
      202,
      answered(['409 Conflict', '', error('EntityAlreadyExists')]),
      409,
      'EntityAlreadyExists',
    ],
    ['the whole was refused', 404, error('TableNotFound'), 404, 'TableNotFound'],
    ['the account was refused', 403, '<error><code>AuthorizationFailure</code></error>', 403, 'AuthorizationFailure'],
    ['fewer parts are answered than were asked for', 202, answered(noContent('1')), 202, undefined],
    ['a part has no ETag', 202, answered(noContent('1'), ['204 No Content', ''], noContent('3')), 202, undefined],
    ['something else answers', 202, '<html>', 202, undefined],
    ['something else answers 200', 200, answered(noContent('1'), noContent('2'), noContent('3')), 200, undefined],
  ])('fails when %s', async (_, status, answer, statusCode, code) => {
    const { submit } = await rig(status, answer);
    const failure = await submit(everyKind, never).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(failure).toMatchObject({ statusCode, ...(code === undefined ? {} : { code }) });
  });
});

function error(code: string): string {
  return JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: 'no' } } });
}
