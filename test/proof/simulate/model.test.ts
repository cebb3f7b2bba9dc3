import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drainerOf } from '../../../proof/simulate/drainer.ts';
import { connector, ruleLimit, tableLimit } from '../../../proof/simulate/facts.ts';
import { plan } from '../../../proof/simulate/model.ts';
import { pricesOf } from '../../../proof/simulate/prices.ts';
import { examples, flagOf, parameterNames, type Scenario, scenarioOf } from '../../../proof/simulate/scenario.ts';

const prices = pricesOf([]);
const planOf = (given: Partial<Scenario>) => plan(scenarioOf(given), prices);

/** Whole numbers suffice: the laws are smooth between them. */
const workloads = fc.record({
  eventsPerSecond: fc.integer({ min: 1, max: 2_000_000 }),
  recordsPerFile: fc.integer({ min: 1, max: 20_000 }),
  recordBytes: fc.integer({ min: 300, max: 20_000 }),
  latencyMs: fc.integer({ min: 0, max: 2_000 }),
  cores: fc.constantFrom(0.25, 1, 2),
  rules: fc.integer({ min: 1, max: 100 }),
  sources: fc.integer({ min: 1, max: 10 }),
  mostDrainers: fc.integer({ min: 1, max: 100 }),
  gzipLevel: fc.integer({ min: 1, max: 9 }),
});

describe('plan', () => {
  test.each(Object.entries(examples))('says that the example %s keeps up', (_name, example) => {
    const found = planOf(example);
    expect(found.keepsUp).toBe(true);
    expect(found.instancesNeeded).toBeLessThanOrEqual(found.mostInstances);
    expect(found.rulesNeeded).toBeLessThanOrEqual(found.scenario.rules);
  });

  test('needs a rule for each 2 GB a minute', () => {
    const { rates } = planOf({ eventsPerSecond: 1 });
    const eventsOfOneRule = ruleLimit.bytesPerMinute / 60 / rates.rowBytes;
    expect(planOf({ eventsPerSecond: eventsOfOneRule * 0.99 }).rulesNeeded).toBe(1);
    expect(planOf({ eventsPerSecond: eventsOfOneRule * 1.01 }).rulesNeeded).toBe(2);
    expect(planOf({ eventsPerSecond: eventsOfOneRule * 1.01, recordsPerFile: 500 }).limits[0]?.name).toContain('rules');
  });

  test('does not keep up when the tightest limit is below the events', () => {
    const { keepsUp, limits } = planOf({ eventsPerSecond: 100_000, recordsPerFile: 1 });
    expect(keepsUp).toBe(false);
    expect(limits[0]?.eventsPerSecond).toBeLessThan(100_000);
  });

  test('never needs fewer instances for a longer way', () => {
    fc.assert(
      fc.property(
        workloads,
        fc.integer({ min: 0, max: 2_000 }),
        fc.constantFrom('latencyMs', 'queueLatencyMs', 'ingestionLatencyMs', 'storageLatencyMs'),
        (workload, more, which) => {
          const scenario = scenarioOf(workload);
          const farther = { ...scenario, [which]: scenario[which as keyof Scenario] + more };
          expect(planOf(farther).instancesNeeded).toBeGreaterThanOrEqual(planOf(scenario).instancesNeeded);
        },
      ),
    );
  });

  test.each([
    ['eventsPerSecond', 1],
    ['cores', -1],
    ['objectsInFlight', -1],
    ['uploadsInFlight', -1],
    ['receivers', -1],
    ['rules', -1],
    ['megabitsPerSecond', -1],
  ] as const)('needs instances that follow %s in one direction', (name, direction) => {
    fc.assert(
      fc.property(workloads, fc.integer({ min: 2, max: 4 }), (workload, times) => {
        const less = scenarioOf(workload);
        const more = { ...less, [name]: less[name] * times };
        const change = planOf(more).instancesNeeded - planOf(less).instancesNeeded;
        expect(change * direction).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('never carries less for more rules or more drainers', () => {
    const carried = (scenario: Scenario) => plan(scenario, prices).limits[0]?.eventsPerSecond ?? Number.NaN;
    fc.assert(
      fc.property(workloads, fc.constantFrom('rules', 'mostDrainers'), (workload, name) => {
        const less = scenarioOf({ ...workload, mostDrainers: Math.min(workload.mostDrainers, 50) });
        const more = scenarioOf({ ...less, [name]: less[name as 'rules'] * 2 });
        expect(carried(more) / carried(less)).toBeGreaterThan(1 - 1e-9);
      }),
    );
  });

  test('loses nothing on the way: every figure stands for the same events', () => {
    fc.assert(
      fc.property(workloads, (workload) => {
        const { rates, scenario } = planOf(workload);
        expect((rates.files * scenario.recordsPerFile) / scenario.eventsPerSecond).toBeCloseTo(1, 9);
        expect((rates.uploads * rates.rowsPerUpload) / scenario.eventsPerSecond).toBeCloseTo(1, 9);
        expect(rates.compressedBytes * scenario.gzipRatio).toBeCloseTo(rates.recordBytes, 0);
        expect(rates.queueReceives * 10).toBeGreaterThanOrEqual(rates.files * (1 - 1e-9));
        expect(rates.queueDeletes * 10).toBeGreaterThanOrEqual(rates.files * (1 - 1e-9));
        expect(rates.storageUnbatched).toBe(rates.files * connector.ledgerWritesPerObject);
        expect(rates.storageTransactions).toBeLessThanOrEqual(rates.storageUnbatched * (1 + 1e-9));
        expect(rates.storageTransactions * tableLimit.entitiesPerRequest).toBeGreaterThanOrEqual(
          rates.storageUnbatched * (1 - 1e-9),
        );
      }),
    );
  });

  test('tells limits from the tightest on, and only what is finite', () => {
    fc.assert(
      fc.property(workloads, (workload) => {
        const capacities = planOf(workload).limits.map(({ eventsPerSecond }) => eventsPerSecond);
        expect(capacities).toEqual(capacities.toSorted((a, b) => a - b));
        expect(capacities.every((each) => Number.isFinite(each) && each > 0)).toBe(true);
      }),
    );
  });

  test('finds the ingestion dearest by far', () => {
    for (const example of Object.values(examples)) {
      const [first, second] = planOf(example).cost;
      expect(first?.name).toBe('logs ingestion');
      expect(first?.dollarsPerMonth).toBeGreaterThan(5 * (second?.dollarsPerMonth ?? 0));
    }
  });

  test('costs nothing at prices of nothing, and in proportion to them', () => {
    const free = plan(scenarioOf({}), pricesOf(Object.keys(prices).map((name) => `${name}=0`)));
    expect(free.cost.every(({ dollarsPerMonth }) => dollarsPerMonth === 0)).toBe(true);
    const double = plan(scenarioOf({}), pricesOf(['ingestionPerGigabyte=8.6']));
    expect(double.cost[0]?.dollarsPerMonth).toBeCloseTo(2 * (planOf({}).cost[0]?.dollarsPerMonth ?? 0), 6);
  });

  test('lets a quiet deployment wait for the tick, and little else', () => {
    const { cost, lag, rates } = planOf({ eventsPerSecond: 0.1, recordsPerFile: 5 });
    expect(lag[0]).toEqual({ name: 'until the next tick', typicalSeconds: 30, worstSeconds: 60 });
    expect(rates.queueReceives).toBeLessThan(0.05);
    expect(cost.find(({ name }) => name === 'functions, on demand')?.dollarsPerMonth).toBeLessThan(10);
  });
});

describe('drainerOf', () => {
  test("obeys Little's law: as many reads in flight as are allowed, each taking the way there", () => {
    const { bounds, readSeconds } = drainerOf(scenarioOf({ latencyMs: 150, queueLatencyMs: 1 }));
    expect(bounds[0].name).toBe('objects in flight');
    expect(bounds[0].filesPerSecond * readSeconds).toBeCloseTo(64, 6);
  });

  test('reads few at a time when they are large', () => {
    const { bounds } = drainerOf(
      scenarioOf({ recordsPerFile: 30_000, gzipRatio: 2, cores: 64, megabitsPerSecond: 100_000 }),
    );
    const reading = bounds.find(({ name }) => name === 'objects in flight');
    const usual = drainerOf(
      scenarioOf({ recordsPerFile: 30_000, gzipRatio: 50, cores: 64, megabitsPerSecond: 100_000 }),
    );
    expect(reading?.filesPerSecond).toBeLessThan(
      (usual.bounds.find(({ name }) => name === 'objects in flight')?.filesPerSecond ?? 0) / 10,
    );
  });

  test('waits out a linger when all that may be held fits into one body', () => {
    const tiny = { recordsPerFile: 1, recordBytes: 300, latencyMs: 0, storageLatencyMs: 0, cores: 64 };
    const { bounds } = drainerOf(scenarioOf(tiny));
    expect(bounds.find(({ name }) => name === 'messages held')?.filesPerSecond).toBeLessThan(connector.messagesHeld);
  });
});

describe('scenarioOf', () => {
  test('takes its defaults from the settings', () => {
    const { gzipLevel, mostDrainers, objectsInFlight, uploadsInFlight } = scenarioOf({});
    expect({ gzipLevel, mostDrainers, objectsInFlight, uploadsInFlight }).toEqual({
      gzipLevel: 6,
      mostDrainers: 8,
      objectsInFlight: 64,
      uploadsInFlight: 8,
    });
  });

  test('lets the other latencies, the memory and the ratio follow', () => {
    const followed = scenarioOf({ latencyMs: 70, cores: 2, recordsPerFile: 3 });
    expect(followed).toMatchObject({ queueLatencyMs: 70, ingestionLatencyMs: 70, memoryMegabytes: 4_096 });
    expect(followed.gzipRatio).toBeCloseTo(3.46, 6);
    expect(scenarioOf({ recordsPerFile: 100_000 }).gzipRatio).toBeCloseTo(8.83, 6);
  });

  test.each([
    [{ rules: 0 }, '--rules must be a whole number from 1 to 1000; got "0"'],
    [{ rules: 1.5 }, '--rules must be a whole number from 1 to 1000; got "1.5"'],
    [{ latencyMs: -1 }, '--latency-ms must be a number from 0 to 10000; got "-1"'],
    [{ sliceSeconds: 60, stopReceivingSeconds: 60 }, '--stop-receiving-seconds must be less than --slice-seconds'],
  ])('refuses %o', (given, message) => {
    expect(() => scenarioOf(given)).toThrow(message);
  });

  test('has a flag for each parameter', () => {
    expect(parameterNames.map(flagOf)).toContain('events-per-second');
    expect(new Set(parameterNames.map(flagOf)).size).toBe(parameterNames.length);
  });
});

describe('pricesOf', () => {
  test.each([
    'nothing=1',
    'ingestionPerGigabyte',
    'ingestionPerGigabyte=',
    'ingestionPerGigabyte=x',
    'egressPerGigabyte=-1',
    'ingestionPerGigabyte=1=2',
    'ingestionPerGigabyte= ',
    'ingestionPerGigabyte=Infinity',
    'toString=1',
  ])('refuses %s', (text) => {
    expect(() => pricesOf([text])).toThrow(`got "${text}"`);
  });
});
