import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { healthCodes } from '../../shared/pipeline/status/reason.ts';
import { errorTable } from '../../shared/words/errors.ts';

const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const events = readFileSync(new URL('../../shared/words/events.ts', import.meta.url), 'utf8');

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
});
