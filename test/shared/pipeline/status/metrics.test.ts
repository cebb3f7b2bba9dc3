import { describe, expect, it } from 'vitest';
import { healthColumns } from '../../../../shared/pipeline/status/healthColumns.ts';
import { healthRow } from '../../../../shared/pipeline/status/healthRow.ts';
import { judged } from '../../../../shared/pipeline/status/judge.ts';
import { metricsOf } from '../../../../shared/pipeline/status/metrics.ts';
import type { SliceSummary } from '../../../../shared/words/events.ts';
import { hour, idle, noon, observed, slice, statusAfter } from './support.ts';

function measured(...slices: readonly (readonly [at: number, summary: SliceSummary])[]) {
  const row = healthRow(judged(observed({ status: statusAfter(...slices) })), { app: 'my-app', stream: 'Custom-X' });
  if (row === undefined) throw new Error('no slice has ended');
  const { figures, ...about } = metricsOf(row, 'my-app');
  return { about, figures: Object.fromEntries(figures.map(({ name, value }) => [name, value])) };
}

describe('metricsOf', () => {
  it('tells every number of the health row that is not zero', () => {
    const all = slice({
      ...{ recordsDropped: 1, recordsSuppressed: 2, recordsLeft: 3, rowsOfUnknownOutcome: 4, objectsFailed: 5 },
      ...{ messagesQuarantined: 6, waiting: 7, inFlight: 8 },
    });
    const { about, figures } = measured([noon, all]);
    const numbers = healthColumns.filter(({ type }) => type === 'long').map(({ name }) => `CloudTrail.${name}`);
    expect(Object.keys(figures).sort()).toEqual(['CloudTrail.State', ...numbers].sort());
    expect(figures).toMatchObject({ 'CloudTrail.RowsAccepted': 100, 'CloudTrail.QueueWaiting': 7 });
    expect(about).toEqual({ app: 'my-app', source: 'production', at: new Date(noon).toISOString() });
  });

  it('leaves out what is not known, and zeros but for those that say something', () => {
    const { figures } = measured([noon - hour, slice()], [noon, idle()]);
    expect(figures).toEqual({
      'CloudTrail.State': 0,
      'CloudTrail.SliceMs': 1_500,
      'CloudTrail.RowsAccepted': 0,
      'CloudTrail.QueueWaiting': 0,
      'CloudTrail.FailedEntries': 0,
      'CloudTrail.OpenCircuits': 0,
    });
  });

  it('tells the colour as a number', () => {
    expect(measured([noon, slice({ identityHolds: false })]).figures['CloudTrail.State']).toBe(2);
    expect(measured([noon, slice({ ledger: 'none' })]).figures['CloudTrail.State']).toBe(1);
  });
});
