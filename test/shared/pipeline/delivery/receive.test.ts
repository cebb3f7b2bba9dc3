import { describe, expect, it } from 'vitest';
import { SliceTimer } from '../../../../shared/pipeline/accounts/sliceTimer.ts';
import { HeldDeliveries, type HeldDelivery } from '../../../../shared/pipeline/delivery/held.ts';
import { Receivers } from '../../../../shared/pipeline/delivery/receive.ts';
import { FakeClock, failure } from '../fakes.ts';
import { FakeDelivery } from './deliveries.ts';

/** Receivers of a source with so many deliveries, which comes to an end when it is empty. */
function rig({
  waiting = 0,
  receivers = 1,
  objectsInFlight = 1_000,
  forMs = 60_000,
  answersAtOnce = false,
  onHeld = (_held: HeldDelivery, _all: HeldDeliveries): void => undefined,
  answer = (): Error | undefined => undefined,
} = {}) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const all = new HeldDeliveries();
  const requests: { readonly waitSeconds: number; readonly brought: number }[] = [];
  const received: string[] = [];
  const opened: unknown[] = [];
  const seen = { sideBySide: 0, mostReading: 0, flushes: 0, asked: 0 };
  let underWay = 0;
  let next = 0;
  const receive = async ({ most, waitSeconds }: { most: number; waitSeconds: number }) => {
    const error = answer();
    if (error !== undefined) throw error;
    underWay += 1;
    seen.sideBySide = Math.max(seen.sideBySide, underWay);
    const count = Math.min(most, waiting - next);
    const deliveries = Array.from({ length: count }, (_, at) => new FakeDelivery(`m${next + at}`));
    next += count;
    if (!answersAtOnce) await clock.sleep(count === 0 ? waitSeconds * 1000 : 50, stop.signal);
    underWay -= 1;
    requests.push({ waitSeconds, brought: count });
    return deliveries;
  };
  const receiving = new Receivers({
    source: { mostPerReceive: 10, receive },
    settings: { longPollSeconds: 20, objectsInFlight, receivers },
    held: all,
    circuits: {
      onTrial: false,
      open: (name, error) => {
        opened.push({ name, error });
        stop.abort(error);
      },
    },
    ...{ timer: new SliceTimer(clock), clock, random: () => 0.5 },
    receiveUntil: clock.now() + forMs,
    stop: stop.signal,
    onRequest: () => {
      seen.asked += 1;
    },
    onDeliveries: (deliveries) => {
      for (const delivery of deliveries) {
        received.push(delivery.id);
        onHeld(all.hold(delivery), all);
        seen.mostReading = Math.max(seen.mostReading, all.reading);
      }
    },
    flush: () => {
      seen.flushes += 1;
    },
  });
  return { all, clock, opened, received, requests, run: () => clock.run(receiving.run()), seen, stop };
}

const settled = (held: HeldDelivery, all: HeldDeliveries): void => all.drop(held);

describe('Receivers', () => {
  it('ends with one short poll when the source is empty', async () => {
    const { requests, run } = rig({ receivers: 5 });
    expect(await run()).toBe('queue-empty');
    expect(requests).toEqual([{ waitSeconds: 1, brought: 0 }]);
  });

  it('hands over every delivery once, until the source is empty', async () => {
    const { received, run } = rig({ waiting: 57, receivers: 3, onHeld: settled });
    expect(await run()).toBe('queue-empty');
    expect(received.toSorted()).toEqual(Array.from({ length: 57 }, (_, n) => `m${n}`).toSorted());
  });

  it('asks side by side only while answers come nearly full', async () => {
    const trickle = rig({ waiting: 6, receivers: 3, onHeld: settled });
    await trickle.run();
    expect(trickle.seen.sideBySide).toBe(1);
    const full = rig({ waiting: 200, receivers: 3, onHeld: settled });
    await full.run();
    expect(full.seen.sideBySide).toBe(3);
  });

  it('receives no more than can be begun soon, and goes on when that is read', async () => {
    const waitToRead: (() => void)[] = [];
    const { clock, received, run, seen } = rig({
      waiting: 60,
      receivers: 3,
      objectsInFlight: 10,
      onHeld: (held, all) => waitToRead.push(() => all.drop(held)),
    });
    const running = run();
    while (received.length < 60) {
      await clock.sleep(100);
      for (const read of waitToRead.splice(0)) read();
    }
    while (waitToRead.length > 0) waitToRead.pop()?.();
    expect(await running).toBe('queue-empty');
    expect(seen.mostReading).toBe(20);
  });

  it('sends what is read on its way when nothing more comes, before the slice ends', async () => {
    const { all, run, seen } = rig({ waiting: 3, onHeld: (held, all) => all.read(held), forMs: 5_000 });
    expect(await run()).toBe('deadline');
    expect(seen.flushes).toBeGreaterThan(0);
    expect(all.size).toBe(3);
  });

  it('asks for nothing when there is no time left for a short poll', async () => {
    const { run, seen } = rig({ waiting: 10, forMs: 999 });
    expect(await run()).toBe('deadline');
    expect(seen.asked).toBe(0);
  });

  it('opens the circuit of the source once its attempts are used up', async () => {
    const error = failure('queue-unavailable');
    const { opened, run, seen } = rig({ answer: () => error });
    expect(await run()).toBe('deadline');
    expect(seen.asked).toBe(4);
    expect(opened).toEqual([{ name: { kind: 'source' }, error }]);
  });

  it('blames nobody for a request that ends with the signal, and does not take the source for empty', async () => {
    const { opened, run, stop } = rig({
      answer: () => {
        stop.abort();
        return failure('queue-unavailable');
      },
    });
    expect(await run()).toBe('deadline');
    expect(opened).toEqual([]);
  });

  it('lets what is being read have its turn when the source answers at once that it is empty', async () => {
    const { run } = rig({
      waiting: 3,
      answersAtOnce: true,
      onHeld: (held, all) => void setImmediate(() => all.drop(held)),
    });
    expect(await run()).toBe('queue-empty');
  });
});
