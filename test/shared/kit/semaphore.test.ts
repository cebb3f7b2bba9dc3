import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../../shared/kit/semaphore.ts';

const never = new AbortController().signal;

/** Asks for places in order, and answers who has one. */
function askers(semaphore: Semaphore, sizes: readonly number[]) {
  const admitted: number[] = [];
  const leave = new Map<number, () => void>();
  sizes.forEach((bytes, who) => {
    void semaphore.enter(bytes, never).then((end) => {
      admitted.push(who);
      leave.set(who, end);
    });
  });
  const settle = () => new Promise(setImmediate);
  const end = async (who: number) => {
    leave.get(who)?.();
    await settle();
  };
  return { admitted, leave: end, settle };
}

describe('Semaphore', () => {
  it('admits while neither the number nor the bytes pass the limits, first come first served', async () => {
    const { admitted, leave, settle } = askers(new Semaphore(2, 100), [40, 70, 10, 10]);
    await settle();
    expect(admitted).toEqual([0]);
    await leave(0);
    expect(admitted).toEqual([0, 1, 2]);
    await leave(1);
    expect(admitted).toEqual([0, 1, 2, 3]);
  });

  it('admits alone what is larger than all that is allowed', async () => {
    const { admitted, leave, settle } = askers(new Semaphore(8, 100), [10, 500, 10]);
    await settle();
    expect(admitted).toEqual([0]);
    await leave(0);
    expect(admitted).toEqual([0, 1]);
    await leave(1);
    expect(admitted).toEqual([0, 1, 2]);
  });

  it('forgets who gave up waiting, and lets the next one in', async () => {
    const semaphore = new Semaphore(8, 100);
    await semaphore.enter(60, never);
    const stop = new AbortController();
    const large = semaphore.enter(90, stop.signal);
    const small = semaphore.enter(40, never);
    stop.abort(new Error('enough'));
    await expect(large).rejects.toThrow('enough');
    await small;
    await expect(semaphore.enter(1, stop.signal)).rejects.toThrow('enough');
  });

  it('is idle when nobody is in or waits, and tells of each that begins and ends', async () => {
    const told: string[] = [];
    const semaphore = new Semaphore(1, 100, () => {
      told.push('begin');
      return () => told.push('end');
    });
    expect(semaphore.isIdle).toBe(true);
    const leave = await semaphore.enter(1, never);
    const next = semaphore.enter(1, never);
    leave();
    expect(semaphore.isIdle).toBe(false);
    (await next)();
    expect(semaphore.isIdle).toBe(true);
    expect(told).toEqual(['begin', 'end', 'begin', 'end']);
  });
});
