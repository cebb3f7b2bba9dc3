import { describe, expect, it } from 'vitest';
import { healthColumns } from '../../../../shared/pipeline/status/healthColumns.ts';
import { healthRow } from '../../../../shared/pipeline/status/healthRow.ts';
import { judged } from '../../../../shared/pipeline/status/judge.ts';
import { noon, observed, slice, statusAfter } from './support.ts';

const context = { app: 'my-app', stream: 'Custom-AWSCloudTrail_CL' };

describe('a row of the health table', () => {
  it('fills every column, in its type', () => {
    const row = JSON.parse(JSON.stringify(healthRow(judged(observed()), context))) as Record<string, unknown>;
    expect(Object.keys(row).sort()).toEqual(healthColumns.map(({ name }) => name).sort());
    for (const { name, type } of healthColumns) {
      const value = row[name];
      if (type === 'long') expect(Number.isSafeInteger(value), name).toBe(true);
      else if (type === 'datetime') expect(new Date(String(value)).toISOString(), name).toBe(value);
      else expect(typeof value, name).toBe(type === 'dynamic' ? 'object' : 'string');
    }
    expect(row).toMatchObject({ Status: 'Success', Reason: '', SentinelResourceId: 'my-app/production' });
  });

  it('says why a source is not well, as SentinelHealth does', () => {
    const row = healthRow(judged(observed({ status: statusAfter([noon, slice({ identityHolds: false })]) })), context);
    expect(row).toMatchObject({
      ...{ Status: 'Failure', Reason: 'counts-differ', OperationName: 'Data fetch status change' },
      ExtendedProperties: {
        DestinationStream: 'Custom-AWSCloudTrail_CL',
        FailureSummary: [expect.objectContaining({ StatusCode: 'counts-differ' })],
      },
    });
  });

  it('is not made before a slice has ended', () => {
    const { status: _, ...given } = observed();
    expect(healthRow(judged(given), context)).toBeUndefined();
  });
});
