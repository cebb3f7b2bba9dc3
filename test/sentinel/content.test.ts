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

/** Tactics by technique of the IaaS matrix (https://attack.mitre.org/matrices/enterprise/cloud/iaas/) that our content names; kept by hand. */
const tacticsOf: Readonly<Record<string, readonly string[]>> = {
  T1021: ['LateralMovement'],
  T1040: ['CredentialAccess', 'Discovery'],
  T1059: ['Execution'],
  T1069: ['Discovery'],
  T1078: ['InitialAccess', 'Persistence', 'PrivilegeEscalation', 'DefenseEvasion'],
  T1087: ['Discovery'],
  T1098: ['Persistence', 'PrivilegeEscalation'],
  T1110: ['CredentialAccess'],
  T1136: ['Persistence'],
  T1190: ['InitialAccess'],
  T1199: ['InitialAccess'],
  T1201: ['Discovery'],
  T1213: ['Collection'],
  T1485: ['Impact'],
  T1486: ['Impact'],
  T1490: ['Impact'],
  T1496: ['Impact'],
  T1525: ['Persistence'],
  T1526: ['Discovery'],
  T1530: ['Collection'],
  T1531: ['Impact'],
  T1535: ['DefenseEvasion'],
  T1537: ['Exfiltration'],
  T1546: ['Persistence', 'PrivilegeEscalation'],
  T1548: ['PrivilegeEscalation', 'DefenseEvasion'],
  T1550: ['DefenseEvasion', 'LateralMovement'],
  T1552: ['CredentialAccess'],
  T1555: ['CredentialAccess'],
  T1556: ['CredentialAccess', 'DefenseEvasion', 'Persistence'],
  T1562: ['DefenseEvasion'],
  T1578: ['DefenseEvasion'],
  T1580: ['Discovery'],
  T1606: ['CredentialAccess'],
  T1619: ['Discovery'],
  T1648: ['Execution'],
  T1651: ['Execution'],
  T1666: ['DefenseEvasion'],
};

const root = join(import.meta.dirname, '../..');
const check = checkerOf();
const yaml = ['rules', 'hunting', 'functions', 'parsers'].flatMap((folder) => filesIn(`sentinel/${folder}`, '.yaml'));
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
    const [own, ...tactics] = [
      content.tactics ?? [],
      ...(content.relevantTechniques ?? []).map((id) => tacticsOf[id.slice(0, 5)]),
    ];
    expect(tactics).not.toContain(undefined);
    for (const possible of tactics)
      expect(own).toEqual(expect.arrayContaining([expect.toBeOneOf([...(possible ?? [])])]));
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
