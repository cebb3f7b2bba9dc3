import { describe, expect, it } from 'vitest';
import { checkerOf } from '../../../tools/kql/check.ts';

const check = checkerOf();

describe('a misspelt column', () => {
  const line = '| where EventNam == "x"';

  it('is found at its place in a file of KQL', () => {
    const [finding] = check('a.kql', `AWSCloudTrailEvents(1d)\n${line}`).findings;
    expect(finding).toMatchObject({
      line: 2,
      column: 9,
      severity: 'error',
      message: expect.stringContaining('EventNam'),
    });
  });

  it('is found at its place in YAML, where the query is indented', () => {
    const [finding] = check('a.yaml', `name: a\nquery: |\n    AWSCloudTrailEvents(1d)\n    ${line}\n`).findings;
    expect(finding).toMatchObject({ line: 4, column: 13 });
  });

  it('is found at its place in Markdown', () => {
    const [finding] = check('a.md', `# A\n\n\`\`\`kql\nAWSCloudTrail_CL\n${line}\n\`\`\`\n`).findings;
    expect(finding).toMatchObject({ line: 5, column: 9 });
  });

  it('is found at its place in a function, whose parameters are declared elsewhere', () => {
    const [finding] = check(
      'a.yaml',
      `FunctionParams:\n  - Name: since\n    Type: datetime\nFunctionQuery: |\n  AWSCloudTrail | where TimeGenerated > since and EventNam == ""\n`,
    ).findings;
    expect(finding).toMatchObject({ line: 5, column: 51 });
  });
});

describe('the schema', () => {
  it('gives the standard table the additions as columns that end in _CF, and no others', () => {
    expect(check('a.kql', 'AWSCloudTrail | project EventTime_CF, SourceObject_CF, AWSRegion').findings).toEqual([]);
    expect(check('a.kql', 'AWSCloudTrail | project EventTime').findings).toHaveLength(1);
  });

  it('knows what the function for both tables puts out', () => {
    const { queries, findings } = check('a.kql', 'AWSCloudTrailEvents(3d, dynamic(["StopLogging"]))');
    expect(findings).toEqual([]);
    const output = queries[0]?.output;
    expect(output?.get('IngestedAt')).toBe('datetime');
    expect(output?.get('EventTime')).toBe('datetime');
    expect(output?.get('UnmappedFields')).toBe('dynamic');
    expect(output?.get('Succeeded')).toBe('bool');
    expect([...(output?.keys() ?? [])].filter((name) => /_(string|datetime|bool|dynamic)$/.test(name))).toEqual([]);
  });
});

it('refuses YAML that is none', () => {
  expect(() => check('a.yaml', 'a: [')).toThrow(/Flow sequence/);
});
