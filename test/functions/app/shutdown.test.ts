import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createShutdown, onSigterm } from '../../../functions/app/shutdown.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A process that remembers how it was killed. */
function fakeProcess() {
  const killed: [number, string][] = [];
  return Object.assign(new EventEmitter(), {
    pid: 42,
    killed,
    kill: (pid: number, signal: string) => killed.push([pid, signal]),
  });
}

/** Work that ends when told, after `end` was called. */
function heldWork() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return {
    work: async (signal: AbortSignal) => `${await promise}, aborted: ${signal.aborted}`,
    end: () => resolve('ended'),
  };
}

describe('createShutdown', () => {
  it('passes results and failures of the work on', async () => {
    const shutdown = createShutdown();

    expect(await shutdown.run(async () => 7)).toBe(7);
    await expect(shutdown.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('aborts the work and waits until it has ended', async () => {
    const shutdown = createShutdown();
    const held = heldWork();
    const running = shutdown.run(held.work);
    let isOver = false;
    const over = shutdown.begin().then(() => {
      isOver = true;
    });

    await settled();
    expect(isOver).toBe(false);
    held.end();
    await over;

    expect(await running).toBe('ended, aborted: true');
  });

  it('tells all work at once, and waits for all of it', async () => {
    const shutdown = createShutdown();
    const [first, second] = [heldWork(), heldWork()];
    const told: string[] = [];
    const running = [first, second].map((held, index) =>
      shutdown.run((signal) => {
        signal.addEventListener('abort', () => told.push(`work ${index + 1}`));
        return held.work(signal);
      }),
    );
    let isOver = false;
    const over = shutdown.begin().then(() => {
      isOver = true;
    });

    expect(told).toEqual(['work 1', 'work 2']);
    first.end();
    await settled();
    expect(isOver).toBe(false);
    second.end();
    await over;

    expect(await Promise.all(running)).toEqual(['ended, aborted: true', 'ended, aborted: true']);
  });

  it('waits for work that fails, too', async () => {
    const shutdown = createShutdown();
    const failing = shutdown.run(() => Promise.reject(new Error('no')));

    await expect(shutdown.begin()).resolves.toBeUndefined();
    await expect(failing).rejects.toThrow('no');
  });
});

describe('onSigterm', () => {
  it('ends the process by the same signal once the work has ended', async () => {
    const [shutdown, process, held] = [createShutdown(), fakeProcess(), heldWork()];
    onSigterm(shutdown, process);
    const running = shutdown.run(held.work);

    process.emit('SIGTERM');
    await settled();
    expect(process.killed).toEqual([]);
    held.end();
    await running;
    await settled();

    expect(process.killed).toEqual([[42, 'SIGTERM']]);
  });

  it('leaves the end to another listener when there is one', async () => {
    const [shutdown, process] = [createShutdown(), fakeProcess()];
    process.on('SIGTERM', () => undefined);
    onSigterm(shutdown, process);

    process.emit('SIGTERM');
    await settled();

    expect(process.killed).toEqual([]);
  });
});
