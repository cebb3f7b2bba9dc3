import { describe, expect, it } from 'vitest';
import { IncomingBody } from '../../../../shared/aws/http/incomingBody.ts';

/** A connection that notes what the body asks of it. */
function connection() {
  const asked: string[] = [];
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    pause: () => asked.push('pause'),
    resume: () => asked.push('resume'),
    abort: () => asked.push('abort'),
  };
  return { asked, body: new IncomingBody(controller) };
}

const kilobytes = (n: number) => new Uint8Array(n * 1024);

describe('IncomingBody', () => {
  it('gives pieces in order, those that came before its reader included', async () => {
    const { body } = connection();
    body.push(Buffer.from('one'));
    const all = body.all(100);
    await Promise.resolve();
    body.push(Buffer.from('two'));
    body.end();
    expect((await all).toString()).toBe('onetwo');
    expect(body.received).toBe(6);
  });

  it('pauses the connection when more than 256 KiB wait, and resumes it when they are taken', async () => {
    const { asked, body } = connection();
    body.push(kilobytes(256));
    expect(asked).toEqual([]);
    body.push(kilobytes(1));
    expect(asked).toEqual(['pause']);
    const pieces = body[Symbol.asyncIterator]();
    expect((await pieces.next()).value?.length).toBe(256 * 1024);
    expect(asked).toEqual(['pause', 'resume']);
  });

  it('gives what came before it broke', async () => {
    const { body } = connection();
    body.push(Buffer.from('some'));
    body.end(new Error('cut'));
    body.end();
    const pieces = body[Symbol.asyncIterator]();
    expect(Buffer.from((await pieces.next()).value ?? []).toString()).toBe('some');
    await expect(pieces.next()).rejects.toThrow('cut');
  });

  it('closes the connection when it is larger than its reader takes', async () => {
    const { asked, body } = connection();
    body.push(kilobytes(2));
    await expect(body.all(1024)).rejects.toThrow('the answer has more than 1024 bytes');
    expect(asked).toEqual(['resume', 'abort']);
  });
});
