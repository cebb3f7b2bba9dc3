import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Instances } from '../../../proof/simulate/instances.ts';
import { type Scenario, scenarioOf } from '../../../proof/simulate/scenario.ts';
import { type Disturbance, simulate } from '../../../proof/simulate/timeline.ts';
import { WaitingMessages } from '../../../proof/simulate/waitingMessages.ts';

const hour = 3_600;

function simulated(given: Partial<Scenario>, hours: number, disturbance?: Disturbance) {
  const options = { scenario: scenarioOf(given), seconds: hours * hour, momentSeconds: 60 };
  return simulate(disturbance === undefined ? options : { ...options, disturbance });
}

const outage = (hours: number): Disturbance => ({ kind: 'outage', times: 1, from: hour, until: (1 + hours) * hour });

describe('simulate', () => {
  test('keeps every message: what arrived is settled, waits or has expired', async () => {
    const disturbances = fc.record({
      kind: fc.constantFrom('burst' as const, 'outage' as const),
      times: fc.integer({ min: 1, max: 50 }),
      from: fc.integer({ min: 0, max: 1_000 }),
      until: fc.integer({ min: 1_001, max: 3_000 }),
    });
    const scenarios = fc.record({
      eventsPerSecond: fc.integer({ min: 1, max: 100_000 }),
      recordsPerFile: fc.integer({ min: 1, max: 500 }),
      mostDrainers: fc.integer({ min: 1, max: 20 }),
      alwaysReady: fc.integer({ min: 0, max: 5 }),
      sources: fc.integer({ min: 1, max: 4 }),
      retentionDays: fc.constantFrom(0.01, 4),
    });
    await fc.assert(
      fc.asyncProperty(scenarios, disturbances, async (scenario, disturbance) => {
        const found = await simulated(scenario, 1, disturbance);
        const accounted = found.settled + found.waiting + found.expired;
        expect(accounted / found.arrived).toBeCloseTo(1, 6);
        expect(found.mostDrainers).toBeLessThanOrEqual(scenario.mostDrainers);
        expect(found.lag.maxSeconds).toBeLessThanOrEqual(hour);
        expect(found.lag.medianSeconds).toBeLessThanOrEqual(found.lag.p99Seconds);
        expect(found.moments.every(({ settledPerSecond, waiting }) => settledPerSecond >= 0 && waiting >= -1e-6)).toBe(
          true,
        );
      }),
      { numRuns: 40 },
    );
  });

  test('is gone within a tick for a quiet deployment', async () => {
    const found = await simulated({ eventsPerSecond: 1, recordsPerFile: 10 }, 2);
    expect(found.lag.maxSeconds).toBeLessThanOrEqual(60);
    expect(found.mostDrainers).toBe(1);
    expect(found.drainers).toBeLessThan(0.1);
  });

  test('waits no longer than the gap between two slices while one drainer suffices', async () => {
    const found = await simulated({ eventsPerSecond: 100, recordsPerFile: 5 }, 2);
    expect(found.lag.medianSeconds).toBe(0);
    expect(found.lag.maxSeconds).toBeLessThanOrEqual(30);
    expect(found.drainers).toBeCloseTo(215 / 240, 2);
  });

  test('settles nothing during an outage, asks for nobody, and catches up afterwards', async () => {
    const found = await simulated({ eventsPerSecond: 2_000, recordsPerFile: 50, rules: 2 }, 6, outage(2));
    const during = found.moments.filter(({ second }) => second > hour && second < 3 * hour);
    expect(during.every(({ settledPerSecond }) => settledPerSecond === 0)).toBe(true);
    expect(during.every(({ drainers }) => drainers <= 1)).toBe(true);
    // All that are allowed: the backlog is worth it.
    expect(found.mostDrainers).toBe(8);
    expect(found.lag.maxSeconds).toBeGreaterThan(2 * hour - 60);
    expect(found.catchUpSeconds).toBeGreaterThan(60);
    expect(found.catchUpSeconds).toBeLessThan(hour);
    // What arrives in less than a minute.
    expect(found.waiting).toBeLessThan(2_000);
  });

  test('catches up sooner with more drainers', async () => {
    const workload = { eventsPerSecond: 5_000, recordsPerFile: 50 };
    const [few, many] = await Promise.all([
      simulated({ ...workload, mostDrainers: 1 }, 12, outage(2)),
      simulated({ ...workload, mostDrainers: 16, rules: 4 }, 12, outage(2)),
    ]);
    expect(many.catchUpSeconds).toBeLessThan((few.catchUpSeconds ?? 0) / 2);
  });

  test('never catches up with what it cannot carry', async () => {
    const found = await simulated({ eventsPerSecond: 1_000, recordsPerFile: 1, mostDrainers: 1 }, 4, outage(1));
    expect(found.catchUpSeconds).toBeUndefined();
    expect(found.waiting).toBeGreaterThan(found.arrived / 2);
  });

  test('loses what outlives the retention of the queue', async () => {
    const found = await simulated({ eventsPerSecond: 100, recordsPerFile: 5, retentionDays: 1 / 24 }, 4, outage(2));
    expect(found.expired).toBeGreaterThan(0.9 * 20 * hour);
    expect(found.lag.maxSeconds).toBeLessThanOrEqual(hour);
  });

  test('gets help for a burst, and lets it go again', async () => {
    const burst: Disturbance = { kind: 'burst', times: 10, from: hour, until: 1.5 * hour };
    const found = await simulated({ eventsPerSecond: 2_000, recordsPerFile: 20, rules: 2 }, 4, burst);
    expect(found.mostDrainers).toBeGreaterThan(2);
    expect(found.moments.at(-1)?.drainers).toBeLessThanOrEqual(1);
    expect(found.waiting).toBeLessThan(found.mostWaiting / 2);
  });
});

describe('Instances', () => {
  test('come by fours at most, every 30 seconds, and are ready a little later', () => {
    const instances = new Instances(0, 100);
    instances.tick(0, 10);
    expect(instances.count).toBe(4);
    instances.tick(1, 10);
    expect(instances.count).toBe(4);
    instances.tick(30, 10);
    expect(instances.count).toBe(8);
    instances.tick(60, 10);
    expect(instances.count).toBe(10);
  });

  test('ask for tickets ever more rarely, and go when they are idle for long', () => {
    const instances = new Instances(0, 100);
    const asked: number[] = [];
    instances.tick(0, 1);
    for (let now = 1; now < 400; now++) if (instances.tick(now, 0) > 0) asked.push(now);
    expect(asked).toEqual([10, 12, 16, 24, 40, 72, 132, 192, 252]);
    expect(instances.count).toBe(0);
  });

  test('stay when they are always ready', () => {
    const instances = new Instances(3, 100);
    for (let now = 0; now < 1_000; now++) instances.tick(now, 0);
    expect(instances.count).toBe(3);
  });

  test('never outnumber the quota', () => {
    const instances = new Instances(0, 5);
    for (let now = 0; now < 300; now += 30) instances.tick(now, 100);
    expect(instances.count).toBe(5);
  });
});

describe('WaitingMessages', () => {
  test('serves the oldest first and knows how long each waited', () => {
    const waiting = new WaitingMessages();
    waiting.add(0, 10);
    waiting.add(5, 10);
    expect(waiting.settle(15, 10)).toBe(15);
    expect(waiting.count).toBe(5);
    expect(waiting.oldestAt).toBe(5);
    expect(waiting.settle(100, 20)).toBe(5);
    expect(waiting.oldestAt).toBeUndefined();
    expect(waiting.spread()).toEqual({ medianSeconds: 10, p99Seconds: 15, maxSeconds: 15 });
  });

  test('drops what came before a time', () => {
    const waiting = new WaitingMessages();
    waiting.add(0, 3);
    waiting.add(1, 4);
    expect(waiting.expire(1)).toBe(3);
    expect(waiting.count).toBe(4);
  });

  test('says zero of nothing', () => {
    expect(new WaitingMessages().spread()).toEqual({ medianSeconds: 0, p99Seconds: 0, maxSeconds: 0 });
  });
});
