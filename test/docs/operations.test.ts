import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { healthCodes } from '../../shared/pipeline/status/reason.ts';
import { errorTable } from '../../shared/words/errors.ts';

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const events = readFileSync(new URL('../../shared/words/events.ts', import.meta.url), 'utf8');

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
