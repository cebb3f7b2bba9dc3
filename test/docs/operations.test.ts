import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { healthCodes } from '../../shared/pipeline/status/reason.ts';
import { errorTable } from '../../shared/words/errors.ts';

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const events = readFileSync(new URL('../../shared/words/events.ts', import.meta.url), 'utf8');

/** Of the table of failure codes: the codes of a line, whom they belong to. */
const rows = [...(operations.split('## Failure codes')[1] ?? '').matchAll(/^\| (`.*?) \| (.*?) \|/gm)].map(
  ([, codes, owner]) => [codes, owner] as const,
);

/** Names of the alerts that the Azure template makes, without the app's. */
const template = readFileSync(new URL('../../infra/azure/connector.json', import.meta.url), 'utf8');
const alerts = [
  ...template.matchAll(
    /"type": "Microsoft\.Insights\/(?:scheduledQueryRules|metricAlerts)",\s+"apiVersion": "[^"]+",\s+"name": "\[format\('\{0\}-([a-z-]+)'/g,
  ),
].map(([, name]) => name ?? '');

const check = new URL('../../shared/compose/check/', import.meta.url);
const causes = new Set(
  globSync('**/*.ts', { cwd: check }).flatMap((file) =>
    [
      ...readFileSync(new URL(file, check), 'utf8').matchAll(/\b(?:failure|warning|notVerifiable)\(\s*'([a-z0-9-]+)'/g),
    ].map(([, cause]) => cause ?? ''),
  ),
);

describe('docs/operations.md', () => {
  it.each(Object.keys(errorTable))('explains the code %s', (code) => {
    expect(operations).toContain(`\`${code}\``);
  });

  it.each(Object.entries(errorTable))('names the true owner of %s', (code, { belongsTo }) => {
    const [, owners = ''] = rows.find(([codes = '']) => codes.includes(`\`${code}\``)) ?? [];
    expect(owners.split(' or ')).toContain(belongsTo);
  });

  it('has no failure code that does not exist', () => {
    const named = rows.flatMap(([codes = '']) => [...codes.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? ''));
    expect(named.filter((code) => !Object.hasOwn(errorTable, code))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });

  it.each([
    'The page, the table or the charts stay empty',
    'Upgrade, and back',
    'Keys and roles are changed',
    'Something must be delivered again',
    'It costs too much',
    'Uninstall',
  ])('has a chapter "%s"', (title) => expect(operations).toContain(`## ${title}\n`));

  it('leads from every link to a chapter that is there', () => {
    const anchors = [...operations.matchAll(/^##+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, anchor] of operations.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });

  it('explains every alert of the Azure template', () => {
    const [, chapter = ''] = operations.split('## An alert has fired');
    const explained = [...chapter.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, names = '']) => names.split(', '));
    expect(alerts.length).toBeGreaterThan(6);
    expect(explained).toEqual(expect.arrayContaining(alerts.map((name) => `\`${name}\``)));
  });

  it.each(healthCodes)('explains the reason %s of the health page', (code) => {
    expect(operations).toContain(`| \`${code}\` |`);
  });

  it.each([...events.matchAll(/type: '([a-z-]+)'/g)].map(([, name]) => name ?? ''))('explains the event %s', (name) => {
    expect(operations).toContain(`\`${name}\``);
  });

  it.each([...causes].filter((cause) => cause !== 'bug'))('explains the cause %s of the check', (cause) => {
    expect(operations).toContain(`\`${cause}\``);
  });
});
