import { describe, expect, it } from 'vitest';
import { knownRow, rememberAccepted } from '../../../../shared/pipeline/upload/knownRow.ts';
import { FakeClock, FakeDestination } from '../fakes.ts';
import { batchOf } from './batches.ts';

describe('knownRow', () => {
  it('is the shortest row of the first body that the rule accepted, as a body of its own', () => {
    const rule = new FakeDestination('dcr-1', new FakeClock(), []);
    expect(knownRow(rule)).toBeUndefined();
    rememberAccepted(rule, batchOf(['{"a":",]"}', '{"b":1}', '{"ü":2}', '{"c":33}']));
    rememberAccepted(rule, batchOf(['1']));
    expect(Buffer.from(knownRow(rule) ?? []).toString()).toBe('[{"b":1}]');
  });

  it('is each rule’s own', () => {
    const [one, two] = ['dcr-1', 'dcr-2'].map((rule) => new FakeDestination(rule, new FakeClock(), []));
    if (one === undefined || two === undefined) throw new Error('two rules');
    rememberAccepted(one, batchOf(['1']));
    expect(knownRow(two)).toBeUndefined();
  });
});
