import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkerOf } from '../../tools/kql/check.ts';

interface Content {
  readonly id: string;
  readonly description?: string;
  readonly tactics?: readonly string[];
  readonly relevantTechniques?: readonly string[];
  readonly entityMappings?: readonly { readonly fieldMappings: readonly { readonly columnName: string }[] }[];
  readonly customDetails?: Readonly<Record<string, string>>;
  readonly alertDetailsOverride?: { readonly alertDisplayNameFormat: string };
}

const root = join(import.meta.dirname, '../..');
const check = checkerOf();
const yaml = ['rules', 'hunting', 'functions'].flatMap((folder) => filesIn(`sentinel/${folder}`, '.yaml'));
const markdown = ['README.md', ...filesIn('docs', '.md')];

describe.each(yaml)('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const content = parse(text) as Content;
  const { queries, findings } = check(file, text);

  it('has one query, without a diagnostic', () => {
    expect(findings).toEqual([]);
    expect(queries).toHaveLength(1);
  });

  it('names columns that its query puts out', () => {
    const named = [
      ...(content.entityMappings ?? []).flatMap(({ fieldMappings }) => fieldMappings.map((each) => each.columnName)),
      ...Object.values(content.customDetails ?? {}),
      ...[...(content.alertDetailsOverride?.alertDisplayNameFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(
        ([, name]) => name,
      ),
    ];
    expect(named.filter((name) => !queries[0]?.output.has(name ?? ''))).toEqual([]);
  });

  it('names techniques as ATT&CK does', () => {
    for (const technique of content.relevantTechniques ?? []) expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/);
    expect((content.tactics ?? []).length > 0).toBe((content.relevantTechniques ?? []).length > 0);
  });

  it.runIf(file.startsWith('sentinel/rules/'))('says what is a false positive and what to do', () => {
    expect(content.description).toMatch(/False positives: [\s\S]+What to do: /);
    // No more columns fit into the name of an alert: https://learn.microsoft.com/azure/sentinel/customize-alert-details
    expect(content.alertDetailsOverride?.alertDisplayNameFormat.match(/\{\{/g)?.length ?? 0).toBeLessThanOrEqual(3);
  });
});

it('gives every file an ID of its own', () => {
  const ids = yaml.map((file) => (parse(readFileSync(join(root, file), 'utf8')) as Content).id);
  expect(new Set(ids).size).toBe(ids.length);
});

it.each(markdown)('finds no fault with the queries in %s', (file) => {
  expect(check(file, readFileSync(join(root, file), 'utf8')).findings).toEqual([]);
});

function filesIn(folder: string, end: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(end) ? [`${folder}/${name}`] : []));
}
