import { describe, expect, it } from 'vitest';
import { ClaimLost, HeldMessage } from '../../../../../shared/pipeline/delivery/queue/message.ts';
import { messageOf } from './messages.ts';

describe('HeldMessage', () => {
  it('has the newest receipt handle first, and forgets no earlier one', () => {
    const held = new HeldMessage(messageOf('m', 'one'));
    held.receivedAgain(messageOf('m', 'two'));
    held.receivedAgain(messageOf('m', 'three'));
    expect(held.newest.receiptHandle).toBe('three');
    expect(held.earlier.map(({ receiptHandle }) => receiptHandle)).toEqual(['one', 'two']);
  });

  it('is ours until it is lost, and then says which one it was and why', () => {
    const held = new HeldMessage(messageOf('m'));
    expect(held.lost.aborted).toBe(false);
    held.lose('MessageNotInflight');
    expect(held.lost.reason).toBeInstanceOf(ClaimLost);
    expect(held.lost.reason).toMatchObject({ message: 'the claim on message m is lost: MessageNotInflight' });
  });

  it('waits for every extension under way, whether it succeeds or fails', async () => {
    const held = new HeldMessage(messageOf('m'));
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    held.extending(first.promise);
    held.extending(second.promise);
    const order: string[] = [];
    const waiting = held.extended().then(() => order.push('extended'));
    first.reject(new Error('no answer'));
    await first.promise.catch(() => order.push('first'));
    order.push('second');
    second.resolve();
    await waiting;
    expect(order).toEqual(['first', 'second', 'extended']);
  });

  it('waits for nothing when no extension is under way', async () => {
    const held = new HeldMessage(messageOf('m'));
    const request = Promise.resolve();
    held.extending(request);
    await request;
    await expect(held.extended()).resolves.toBeUndefined();
  });
});
