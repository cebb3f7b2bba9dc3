import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTemplate as readStack } from '../../../local/aws/cloudFormation/template.ts';
import { deploy, type Template } from '../../../local/azure/resourceManager/deployment.ts';
import { analyserFor } from '../../../tools/kql/language.ts';
import { tables } from '../../../tools/kql/tables.ts';
import { answers, place, usual } from './problems.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const template = JSON.parse(read('infra/azure/connector.json')) as Template;

describe('docs/deploy.md', () => {
  const page = read('docs/deploy.md');
  const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.replaceAll('\\\n', ' ').split('\n'),
  );
  const parametersOf = (command: string): readonly string[] =>
    [...command.matchAll(/ ([A-Za-z]+)=/g)].map(([, name = '']) => name.toLowerCase());

  it('gives the Azure template parameters that it has', () => {
    const known = Object.keys(template.parameters ?? {}).map((name) => name.toLowerCase());
    const used = commands.filter((each) => each.includes('infra/azure/connector.json')).flatMap(parametersOf);

    expect(used.filter((name) => !known.includes(name))).toEqual([]);
    expect(used.length).toBeGreaterThan(8);
    for (const [, name = ''] of page.matchAll(/`([a-z]+[A-Z]\w+)`/g)) {
      expect([...known, ...Object.keys(template.outputs ?? {}).map((each) => each.toLowerCase())]).toContain(
        name.toLowerCase(),
      );
    }
  });

  it('gives the stacks parameters that they have', () => {
    for (const file of ['hub.yaml', 'connector.yaml']) {
      const stack = readStack(read(`infra/aws/${file}`));
      const known = Object.keys(stack.Parameters ?? {}).map((name) => name.toLowerCase());
      const used = commands.filter((each) => each.includes(`infra/aws/${file}`)).flatMap(parametersOf);

      expect(used.filter((name) => !known.includes(name))).toEqual([]);
      const needed = Object.entries(stack.Parameters ?? {}).filter(([, { Default }]) => Default === undefined);
      expect(used).toEqual(expect.arrayContaining(needed.map(([name]) => name.toLowerCase())));
    }
  });
});

describe('the queries of the alerts', () => {
  const { resources } = deploy(template, usual, place, answers);
  const queries = resources
    .filter(({ type }) => type === 'Microsoft.Insights/scheduledQueryRules')
    .map(({ body }) => body['properties'] as { criteria: { allOf: [{ query: string }] } })
    .map(({ criteria }) => criteria.allOf[0].query);

  it('are understood by the parser of the service', () => {
    // https://learn.microsoft.com/azure/azure-monitor/reference/tables/apprequests
    const requests = { name: 'AppRequests', schema: '(TimeGenerated: datetime, AppRoleName: string, Success: bool)' };
    const analyse = analyserFor({ tables: [...tables, requests], functions: [] });

    expect(queries.flatMap((query) => analyse(query).problems)).toEqual([]);
    expect(queries.length).toBe(5);
    expect(analyse(queries[2]?.replace('Status', 'State') ?? '').problems).not.toEqual([]);
  });
});
