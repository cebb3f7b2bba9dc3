import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../../shared/kit/semaphore.ts';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Semaphore', () => {
  it('admits by number and by bytes, first come first served, and alone what is larger than all', async () => {
    const semaphore = new Semaphore(2, 100);
    const order: string[] = [];
    const enter = async (name: string, bytes: number) => {
      const leave = await semaphore.enter(bytes, never);
      order.push(name);
      return leave;
    };
    const a = enter('a', 60);
    const b = enter('b', 500);
    const c = enter('c', 10);
    await turn();
    expect(order).toEqual(['a']);
    (await a)();
    await turn();
    expect(order).toEqual(['a', 'b']);
    (await b)();
    (await c)();
    expect(order).toEqual(['a', 'b', 'c']);
    expect(semaphore.isIdle).toBe(true);
  });

  it('lets one that turns out larger wait before all that came later', async () => {
    const semaphore = new Semaphore(10, 100);
    const first = await semaphore.admit(1, never);
    const second = await semaphore.admit(1, never);
    const order: string[] = [];
    expect(first.resize(90)).toBe(true);
    expect(second.resize(90)).toBe(false);
    const later = semaphore.enter(50, never).then((leave) => {
      order.push('later');
      leave();
    });
    const waited = second.wait(90, never).then(() => order.push('second'));
    await turn();
    expect(order).toEqual([]);
    first.leave();
    await waited;
    second.leave();
    await later;
    expect(order).toEqual(['second', 'later']);
    expect(semaphore.isIdle).toBe(true);
  });

  it('goes on with the first one, however large it is', async () => {
    const semaphore = new Semaphore(10, 100);
    const only = await semaphore.admit(1, never);
    expect(only.resize(1_000)).toBe(true);
    let isBegun = false;
    const next = semaphore.enter(1, never).then((leave) => {
      isBegun = true;
      return leave;
    });
    await turn();
    expect(isBegun).toBe(false);
    expect(only.resize(10)).toBe(true);
    (await next)();
    only.leave();
    only.leave();
    expect(semaphore.isIdle).toBe(true);
  });

  it('has nobody left behind when all give up, and has left who gives up waiting', async () => {
    const semaphore = new Semaphore(1, 100);
    const ended = new AbortController();
    const holder = await semaphore.admit(1, never);
    const waiting = Array.from({ length: 20_000 }, () =>
      semaphore.enter(1, AbortSignal.any([ended.signal])).catch(() => 'given up'),
    );
    const failed = holder.wait(200, ended.signal).catch(() => 'given up');
    ended.abort(new Error('enough'));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['given up']));
    // Whoever waited alone was admitted at once.
    expect(await failed).toBeUndefined();
    holder.leave();
    expect(semaphore.isIdle).toBe(true);
    (await semaphore.enter(1, never))();
  });
});
