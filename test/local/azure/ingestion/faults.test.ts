import { describe, expect, it } from 'vitest';
import { createFaults } from '../../../../local/azure/ingestion/faults.ts';

describe('createFaults', () => {
  it('plans one fault beside others, and what is left of these stays', () => {
    const faults = createFaults();
    const reset = faults.add({ kind: 'reset', times: 2 });
    expect(faults.draw('/')?.kind).toBe('reset');
    const stall = faults.add({ kind: 'stall' });
    expect(faults.draw('/')?.kind).toBe('reset');
    expect(faults.draw('/')?.kind).toBe('stall');
    expect([reset.met, stall.met]).toEqual([2, 1]);
  });

  it('heals one of two equal faults at a time, and counts what each of them did', () => {
    const faults = createFaults();
    const first = faults.add({ kind: 'reset' });
    const second = faults.add({ kind: 'reset' });
    faults.draw('/');
    first.remove();
    faults.draw('/');
    second.remove();
    expect(faults.draw('/')).toBeUndefined();
    expect([first.met, second.met, faults.met]).toEqual([1, 1, { reset: 2 }]);
  });

  it('forgets what was there when a new plan comes', () => {
    const faults = createFaults();
    faults.add({ kind: 'reset' });
    faults.plan([{ kind: 'status', status: 429, path: '/here', times: 1 }]);
    expect(faults.draw('/there')).toBeUndefined();
    expect(faults.draw('/here')?.status).toBe(429);
    expect(faults.draw('/here')).toBeUndefined();
    faults.plan([]);
    expect(faults.met).toEqual({ 429: 1 });
  });
});
