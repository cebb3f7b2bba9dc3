import { describe, expect, it } from 'vitest';
import { forgottenDashes } from '../../../cli/process/forgottenDashes.ts';

const options = {
  files: { type: 'string' },
  break: { type: 'string' },
  'older-than': { type: 'string' },
  json: { type: 'boolean' },
} as const;
const npm = (kept: Record<string, string>) => ({ npm_lifecycle_event: 'start', ...kept });

describe('forgottenDashes', () => {
  it.each([
    [[], { npm_config_files: '3' }, 'npm start -- --files 3'],
    [['3'], { npm_config_files: 'true' }, 'npm start -- --files 3'],
    [['list'], { npm_config_break: 'true', npm_config_json: 'true' }, 'npm start -- --break list --json'],
    [[], { npm_config_older_than: '2d' }, 'npm start -- --older-than 2d'],
  ])('of %j with %j reads what was meant', (args, kept, meant) => {
    expect(forgottenDashes('start', options, args, npm(kept))).toContain(`did you mean "${meant}"?`);
  });

  it("says nothing of flags that arrived, of npm's own, and outside of npm", () => {
    expect(forgottenDashes('start', options, ['--json'], npm({ npm_config_json: 'true' }))).toBeUndefined();
    expect(forgottenDashes('start', options, [], npm({ npm_config_loglevel: 'silent' }))).toBeUndefined();
    expect(forgottenDashes('start', options, [], { npm_config_files: '3' })).toBeUndefined();
    expect(
      forgottenDashes('start', options, [], { npm_lifecycle_event: 'test', npm_config_files: '3' }),
    ).toBeUndefined();
  });
});
