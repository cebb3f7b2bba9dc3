import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../../shared/words/version.ts';

test('the version that logs and user agents tell is the package’s', () => {
  const packageJson: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
  );
  expect(version).toBe(packageJson.version);
});
