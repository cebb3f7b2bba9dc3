import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

describe('npm run scale', () => {
  it.each([
    [['--in-flight', '1001'], '--in-flight must be a whole number from 1 to 1000; got "1001"'],
    [['--in-flight', '0'], '--in-flight must be a whole number from 1 to 1000; got "0"'],
    [['--processes', '0'], '--processes must be a whole number of at least 1; got "0"'],
    [['--latency', 'long'], '--latency must be a whole number of at least 0; got "long"'],
  ])('refuses %j before anything starts', (args, problem) => {
    const scale = join(import.meta.dirname, '../../../proof/scale.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [scale, ...args], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({
      ...{ status: 2, stdout: '' },
      stderr: `scale: ${problem}\nSee: npm run scale -- --help\n`,
    });
  });
});
