import { describe, expect, test } from 'vitest';
import { columns } from '../../../shared/cloudtrail/columns.ts';

describe('columns', () => {
  test('are the 51 of the standard table that can be written, and four additions', () => {
    expect(columns).toHaveLength(55);
    expect(new Set(columns.map(({ name }) => name)).size).toBe(55);
    const additions = columns.slice(-4).map(({ name, type }) => [name, type]);
    expect(additions).toEqual([
      ['EventTime', 'datetime'],
      ['UnmappedFields', 'dynamic'],
      ['TruncatedColumns', 'string'],
      ['SourceObject', 'string'],
    ]);
  });

  test('leave what the service sets to the service', () => {
    const names = columns.map(({ name }) => name);
    for (const reserved of ['TenantId', 'Type', '_ResourceId', 'id', 'UniqueId', 'Title'])
      expect(names).not.toContain(reserved);
  });

  test('keep the spelling that queries know', () => {
    const names = columns.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'UserIdentityPrincipalid',
        'SessionIssuerPrincipalId',
        'SourceIpAddress',
        'AWSRegion',
        'APIVersion',
        'AwsRequestId_',
      ]),
    );
  });

  test('have names the service accepts, and a description', () => {
    for (const { name, description } of columns) {
      expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,44}$/);
      expect(description).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('are boolean or datetime where the standard table is', () => {
    const typed = columns.filter(({ type }) => type === 'boolean' || type === 'datetime').map(({ name }) => name);
    expect(typed).toEqual([
      'TimeGenerated',
      'SessionMfaAuthenticated',
      'SessionCreationDate',
      'ReadOnly',
      'ManagementEvent',
      'EventTime',
    ]);
  });
});
