import { describe, expect, it } from 'vitest';
import { Circuits } from '../../../../shared/pipeline/circuits/circuits.ts';
import { memoryCircuits } from '../../../../shared/pipeline/circuits/memoryCircuits.ts';
import type { ConnectorEvent } from '../../../../shared/words/events.ts';
import { FakeClock, FakeDestination, failure } from '../fakes.ts';

const source = { kind: 'source' } as const;
const rule = (name: string) => ({ kind: 'rule', rule: name }) as const;

function rig(rules: readonly [string, ...string[]] = ['dcr-1']) {
  const clock = new FakeClock();
  const [first, ...others] = rules;
  const made = (name: string) => new FakeDestination(name, clock, []);
  const destinations = [made(first), ...others.map(made)] as const;
  const events: ConnectorEvent[] = [];
  let sourceAnswer: () => Error | undefined = () => undefined;
  const probe = async () => {
    const error = sourceAnswer();
    if (error !== undefined) throw error;
  };
  const store = memoryCircuits();
  const circuits = new Circuits({
    source: 'test',
    bucketFailures: 3,
    ports: {
      circuits: store,
      clock,
      destinations,
      report: (event) => events.push(event),
      source: { probe } as never,
    },
    storageFailed: (error) => {
      throw error;
    },
  });
  const stop = new AbortController();
  const answerOfSource = (answer: () => Error | undefined) => {
    sourceAnswer = answer;
  };
  return { answerOfSource, circuits, clock, destinations, events, stop, store };
}

describe('Circuits', () => {
  it('is blocked by the source’s circuit, or by those of all rules, and by no single one', () => {
    const { circuits } = rig(['dcr-1', 'dcr-2']);
    circuits.open(rule('dcr-1'), failure('upload-denied'));
    expect(circuits.blocking).toBeUndefined();
    circuits.open(rule('dcr-2'), failure('upload-denied'));
    expect(circuits.blocking?.name).toEqual(rule('dcr-1'));
    const other = rig();
    other.circuits.open(source, failure('queue-denied'));
    expect(other.circuits.blocking?.name).toEqual(source);
  });

  it('closes by a probe, and is on trial until work succeeds', async () => {
    const { circuits, clock, events, stop } = rig();
    circuits.open(source, failure('queue-denied'));
    const probing = circuits.keepProbing(stop.signal);
    expect(await clock.run(circuits.untilUnblocked(clock.now() + 60_000, stop.signal))).toBe(true);
    expect([circuits.onTrial, circuits.isOnTrial(source)]).toEqual([true, true]);
    circuits.succeeded(source);
    expect(circuits.onTrial).toBe(false);
    expect(events.map(({ type }) => type)).toEqual(['circuit-opened', 'circuit-closed']);
    stop.abort();
    await probing;
  });

  it('waits longer for the next probe when what a probe has closed fails again', async () => {
    const { circuits, clock, stop } = rig();
    const probing = circuits.keepProbing(stop.signal);
    const waits: number[] = [];
    for (let n = 0; n < 3; n++) {
      circuits.open(source, failure('queue-denied'));
      const openedAt = clock.now();
      await clock.run(circuits.untilUnblocked(clock.now() + 600_000, stop.signal));
      waits.push(clock.now() - openedAt);
    }
    expect(waits).toEqual([5_000, 10_000, 20_000]);
    stop.abort();
    await probing;
  });

  it('stays open while probes fail, at most a minute apart, and remembers how often', async () => {
    const { answerOfSource, circuits, clock, stop, store } = rig();
    const times: number[] = [];
    answerOfSource(() => {
      times.push(clock.now());
      return failure('queue-denied');
    });
    circuits.open(source, failure('queue-denied'));
    const probing = circuits.keepProbing(stop.signal);
    await clock.advance(300_000);
    expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual([
      10_000, 20_000, 40_000, 60_000, 60_000, 60_000,
    ]);
    await circuits.stored();
    expect((await store.load()).open).toMatchObject([{ name: source, probes: times.length }]);
    stop.abort();
    await probing;
  });

  it('tells what is held up, since when and why', () => {
    const { circuits, clock } = rig();
    expect(circuits.heldBack).toEqual([]);
    circuits.open(rule('dcr-1'), failure('upload-denied'));
    expect(circuits.heldBack).toEqual([
      {
        circuit: 'rule/dcr-1',
        since: new Date(clock.now()).toISOString(),
        code: 'upload-denied',
        message: 'it is upload-denied',
      },
    ]);
  });
});
