import { describe, expect, it } from 'vitest';
import { Balancer } from '../../../../shared/pipeline/upload/balancer.ts';
import { FakeClock, FakeDestination } from '../fakes.ts';
import { circuitsOfRules, rule } from './circuitsOfRules.ts';

function rig(rules: readonly string[], mostPerRule = 2) {
  const clock = new FakeClock();
  const circuits = circuitsOfRules(rules);
  const destinations = rules.map((named) => new FakeDestination(named, clock, []));
  const balancer = new Balancer({ destinations, mostPerRule, clock, circuits });
  const stop = new AbortController();
  const enter = async (...wanted: Parameters<Balancer['enter']> extends [unknown, ...infer Rest] ? Rest : never) => {
    const route = await balancer.enter(stop.signal, ...wanted);
    return Object.assign(route, { rule: route.destination.rule });
  };
  return { balancer, circuits, clock, enter, stop };
}

describe('Balancer', () => {
  it('sends each request to the rule with the most room', async () => {
    const { enter } = rig(['one', 'two']);
    const rules = [await enter(), await enter(), await enter(), await enter()].map((route) => route.rule);
    expect(rules.toSorted()).toEqual(['one', 'one', 'two', 'two']);
    expect(rules[0]).not.toBe(rules[1]);
  });

  it('lets nobody in while all are full, and the next one as soon as a request ends', async () => {
    const { balancer, clock, enter } = rig(['one'], 1);
    const first = await enter();
    let isIn = false;
    const second = enter().then(() => {
      isIn = true;
    });
    await clock.quiet();
    expect(isIn).toBe(false);
    balancer.leave(first);
    await second;
  });

  it('waits as long as a rule has asked for, and not for it while another has room', async () => {
    const { clock, enter } = rig(['one', 'two'], 1);
    const paused = await enter();
    paused.window.narrow(clock.now(), 5_000);
    const other = await enter();
    expect(other.rule).not.toBe(paused.rule);
    paused.window.leave();
    const startedAt = clock.now();
    expect((await clock.run(enter())).rule).toBe(paused.rule);
    expect(clock.now() - startedAt).toBe(5_000);
  });

  it('keeps away from a rule whose circuit is open, until it closes', async () => {
    const { circuits, clock, enter } = rig(['one']);
    circuits.open(rule('one'));
    const entered = enter();
    await clock.quiet();
    circuits.close(rule('one'));
    expect((await entered).rule).toBe('one');
  });

  it('sends one request alone to a rule that a probe has closed, and before the others get any', async () => {
    const { balancer, circuits, enter } = rig(['one', 'two']);
    circuits.onTrial.add('rule/two');
    const trial = await enter();
    expect(trial.rule).toBe('two');
    expect([await enter(), await enter()].map((route) => route.rule)).toEqual(['one', 'one']);
    circuits.succeeded(rule('two'));
    balancer.leave(trial);
    expect((await enter()).rule).toBe('two');
  });

  it('serves a wish for one rule on that alone, until its circuit opens', async () => {
    const { circuits, clock, enter } = rig(['one', 'two'], 1);
    const one = await enter();
    const wished = enter(one);
    await clock.quiet();
    circuits.open(one.circuit);
    expect((await wished).rule).not.toBe(one.rule);
  });

  it('gives up for the reason of the signal', async () => {
    const { enter, stop } = rig(['one'], 1);
    await enter();
    const waiting = enter();
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(enter()).rejects.toThrow('enough');
  });
});
