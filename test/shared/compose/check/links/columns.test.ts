import { expect, it } from 'vitest';
import { deployConnector } from '../../../../../local/azure/resourceManager/connector.ts';
import type { RuleBody, TableBody } from '../../../../../shared/azure/resourceManager/reads.ts';
import { columnLinks } from '../../../../../shared/compose/check/links/columns.ts';

const ruleId = 'dcr-1';

/** What the links say of a deployment into the standard table, whose columns somebody may change. */
const told = async (change: (names: string) => boolean): Promise<string> => {
  const { rule, settings, tables } = deployConnector(
    { principalId: 'app', workspaceId: 'workspace' },
    { table: 'AWSCloudTrail' },
  );
  const links = columnLinks({
    stream: settings['DCR_STREAM'] ?? '',
    ruleIds: [ruleId],
    ruleResourceIds: [rule.id],
    reads: {
      rule: async () => ({ properties: { ...rule.properties, immutableId: ruleId } }) as RuleBody,
      table: async (id) => {
        const { schema } = tables.get(id)?.properties ?? { schema: { columns: [], standardColumns: [] } };
        const { columns, standardColumns } = schema;
        return {
          properties: { schema: { columns: columns.filter(({ name }) => change(name)), standardColumns } },
        } as TableBody;
      },
    },
  });
  const said: string[] = [];
  for (const link of links) said.push((await link.run(AbortSignal.timeout(5_000))).detail);
  return said.join('\n');
};

it('finds every column in the standard table, under the names that they have there', async () => {
  expect(await told(() => true)).toMatch(/AWSCloudTrail has all 57 columns/);
});

it('misses a column that the standard table was not given', async () => {
  expect(await told((name) => name !== 'SourceObject_CF')).toMatch(/lacks the columns SourceObject_CF/);
});
