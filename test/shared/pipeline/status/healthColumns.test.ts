import { describe, expect, it } from 'vitest';
import { healthColumns, healthStream, healthTable } from '../../../../shared/pipeline/status/healthColumns.ts';

describe('the columns of the health table', () => {
  it('begin with those of SentinelHealth that queries about health use', () => {
    const names: readonly string[] = healthColumns.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'TimeGenerated',
        'OperationName',
        'Status',
        'Reason',
        'Description',
        'ExtendedProperties',
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('have names that a custom table takes, none of them reserved, and a description each', () => {
    for (const { name, description } of healthColumns) {
      expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,44}$/);
      expect(['TenantId', 'Type', 'WorkspaceId', '_ResourceId', 'MG']).not.toContain(name);
      expect(description.endsWith('.')).toBe(true);
    }
    expect(healthTable.endsWith('_CL')).toBe(true);
    expect(healthStream).toBe(`Custom-${healthTable}`);
  });
});
