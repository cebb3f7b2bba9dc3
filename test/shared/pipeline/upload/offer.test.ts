import { describe, expect, it } from 'vitest';
import { SliceTimer } from '../../../../shared/pipeline/accounts/sliceTimer.ts';
import { Balancer } from '../../../../shared/pipeline/upload/balancer.ts';
import { offer, type Verdict } from '../../../../shared/pipeline/upload/offer.ts';
import { noUploads } from '../../../../shared/pipeline/upload/request.ts';
import type { ConnectorEvent } from '../../../../shared/words/events.ts';
import { type Answer, FakeClock, FakeDestination, failure } from '../fakes.ts';
import { batchOf } from './batches.ts';
import { circuitsOfRules } from './circuitsOfRules.ts';

/** Rules that answer one after the other of these, and then accept. */
function rig(...rules: readonly (readonly Answer[])[]) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const destinations = rules.map((answers, index) => {
    const rule = `dcr-${index + 1}`;
    const left = [...answers];
    const answer = (): Answer => {
      asked.push(rule);
      return left.shift();
    };
    return Object.assign(new FakeDestination(rule, clock, []), { answer });
  });
  const circuits = circuitsOfRules(destinations.map(({ rule }) => rule));
  const told: ConnectorEvent['type'][] = [];
  const stop = new AbortController();
  const tally = noUploads();
  const parts = {
    ...{ source: 'test', uploadAttempts: 3, circuits, clock, tally },
    balancer: new Balancer({ destinations, mostPerRule: 1, clock, circuits }),
    random: () => 0.5,
    timer: new SliceTimer(clock),
    report: ({ type }: ConnectorEvent) => void told.push(type),
    stop: stop.signal,
    abandon: new AbortController().signal,
  };
  const offered = (): Promise<Verdict> => clock.run(offer(batchOf(['"a"']).body, parts));
  return { asked, circuits, offered, stop, tally, told };
}

describe('offer', () => {
  it('is accepted by the first request when the rule is well', async () => {
    const { asked, offered, tally } = rig([]);
    expect(await offered()).toMatchObject({ kind: 'accepted', route: { circuit: { rule: 'dcr-1' } } });
    expect([asked.length, tally.rowsAccepted]).toEqual([1, 1]);
  });

  it('asks again after a failure that passes, and tells it', async () => {
    const { asked, offered, told } = rig([failure('upload-unavailable'), failure('upload-unavailable')]);
    expect(await offered()).toMatchObject({ kind: 'accepted' });
    expect([asked.length, told]).toEqual([3, ['upload-retried', 'upload-retried']]);
  });

  it('makes as many requests of one rule as it may, and opens its circuit', async () => {
    const down = Array.from({ length: 9 }, () => failure('upload-unavailable'));
    const { asked, circuits, offered } = rig(down);
    expect(await offered()).toMatchObject({ kind: 'failed', failure: { owner: 'pipeline' } });
    expect([asked.length, circuits.opened]).toEqual([3, ['rule/dcr-1']]);
  });

  it('goes to another rule when one takes nothing, with attempts of its own', async () => {
    const { asked, circuits, offered } = rig([failure('upload-denied')], [failure('upload-unavailable')]);
    expect(await offered()).toMatchObject({ kind: 'accepted', route: { circuit: { rule: 'dcr-2' } } });
    expect([asked, circuits.opened]).toEqual([['dcr-1', 'dcr-2', 'dcr-2'], ['rule/dcr-1']]);
  });

  it.each([
    ['upload-refused', 'refused'],
    ['upload-too-large', 'too-large'],
  ] as const)('answers %s at once: the same body would be answered alike', async (code, kind) => {
    const { asked, circuits, offered } = rig([failure(code)]);
    expect(await offered()).toMatchObject({ kind, error: { code } });
    expect([asked.length, circuits.opened]).toEqual([1, []]);
  });

  it('begins no request once it must stop', async () => {
    const { asked, offered, stop } = rig([]);
    const ended = failure('slice-ended');
    stop.abort(ended);
    expect(await offered()).toMatchObject({ kind: 'failed', failure: { owner: 'nobody', error: ended } });
    expect(asked).toEqual([]);
  });
});
