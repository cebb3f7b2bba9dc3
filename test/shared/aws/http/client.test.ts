import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpClient, httpClient } from '../../../../shared/aws/http/client.ts';
import { patient, type StubServer, startStub } from '../stubServer.ts';

describe('httpClient', () => {
  let stub: StubServer;
  let client: HttpClient;

  beforeEach(async () => {
    stub = await startStub(() => ({ status: 200, body: 'ok' }));
    client = httpClient({ ...patient, idleSocketMs: 10_000 });
  });

  afterEach(async () => {
    client.close();
    await stub.close();
  });

  const get = (origin = stub.endpoint, signal?: AbortSignal) =>
    client.send({ origin, method: 'GET', path: '/a', headers: {}, answerMs: 10_000 }, signal);
  const read = async () => (await (await get()).body.all(100)).toString();

  it('uses connections again, and no more than 128', async () => {
    const sockets = new Set<unknown>();
    stub.answer = (_request, response) => {
      sockets.add(response.socket);
      return { status: 200, body: 'ok' };
    };
    for (let i = 0; i < 10; i += 1) {
      expect(await read()).toBe('ok');
    }
    // A connection is free again a moment after its answer has ended.
    expect(sockets.size).toBeLessThanOrEqual(2);
    expect(new Set(await Promise.all(Array.from({ length: 500 }, read)))).toEqual(new Set(['ok']));
    expect(sockets.size).toBe(128);
  });

  it('has 64 requests under way at once', async () => {
    const waiting: ServerResponse[] = [];
    stub.answer = (_request, response) => {
      if (waiting.push(response) === 64) {
        for (const held of waiting) {
          held.end('ok');
        }
      }
      return undefined;
    };
    expect(await Promise.all(Array.from({ length: 64 }, read))).toHaveLength(64);
  });

  it('passes over notes ahead of the answer', async () => {
    stub.answer = (_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      return { status: 200, body: 'ok' };
    };
    expect(await read()).toBe('ok');
  });

  it('follows no redirect', async () => {
    stub.answer = () => ({ status: 307, headers: { location: stub.endpoint } });
    expect((await get()).status).toBe(307);
    expect(stub.requests).toHaveLength(1);
  });

  it('sends nothing when the signal has aborted already', async () => {
    await expect(get(stub.endpoint, AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
    expect(stub.requests).toHaveLength(0);
  });

  it('sends nothing when the signal aborts before there is a connection', async () => {
    const abort = new AbortController();
    const given = get(stub.endpoint, abort.signal);
    abort.abort(new Error('over'));
    await expect(given).rejects.toThrow('over');
    expect(await read()).toBe('ok');
    expect(stub.requests).toHaveLength(1);
  });

  it('fails what is under way when it is closed', async () => {
    stub.answer = () => {
      client.close();
      return undefined;
    };
    await expect(get()).rejects.toThrow();
  });
});

describe('httpClient to a host that never finishes connecting', () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A client that gives up is what is tested.
    socket.on('error', () => undefined);
    onConnection();
  });
  let onConnection: () => void;
  let origin: string;

  beforeEach(async () => {
    onConnection = () => undefined;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    await new Promise((resolve) => server.close(resolve));
  });

  const get = (client: HttpClient, signal?: AbortSignal) =>
    client.send({ origin, method: 'GET', path: '/', headers: {}, answerMs: 10_000 }, signal);

  it('gives up, and knows that nothing was sent', async () => {
    const client = httpClient({ ...patient, connectMs: 50 });
    await expect(get(client)).rejects.toMatchObject({
      message: 'no connection within 50 ms',
      code: 'UND_ERR_CONNECT_TIMEOUT',
    });
    client.close();
  });

  it('ends at once with the signal', async () => {
    const client = httpClient(patient);
    const abort = new AbortController();
    onConnection = () => abort.abort(new Error('over'));
    await expect(get(client, abort.signal)).rejects.toThrow('over');
    client.close();
  });
});
