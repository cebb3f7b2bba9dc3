import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Bill {
  readonly components: readonly { readonly name: string; readonly licenses?: unknown; readonly hashes?: unknown }[];
}

describe('npm run release', () => {
  let folder: string;
  const run = (args: readonly string[], cwd: string) =>
    spawnSync(process.execPath, [join(root, 'tools', 'release.ts'), ...args], { encoding: 'utf8', cwd });
  const contents = (out: string): Map<string, Buffer> =>
    new Map(readdirSync(join(folder, out)).map((name) => [name, readFileSync(join(folder, out, name))]));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'release-'));
    // From two folders, since paths must not get into the files.
    expect(run(['--dry-run', '--out', join(folder, 'one')], root).status).toBe(0);
    expect(run(['--dry-run', '--out', join(folder, 'two')], folder).status).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the same bytes a second time', () => {
    expect([...contents('one').keys()]).toContain('connector.zip');
    expect(contents('two')).toEqual(contents('one'));
  });

  it('gives the checksum of every file', () => {
    const files = contents('one');
    const sums = String(files.get('SHA256SUMS')).trimEnd().split('\n');
    expect(sums).toHaveLength(files.size - 1);
    for (const line of sums) {
      const [sum, name = ''] = line.split('  ');
      expect(
        createHash('sha256')
          .update(files.get(name) ?? '')
          .digest('hex'),
      ).toBe(sum);
    }
  });

  it('lists the bundled packages with licence and checksum, and none that only tests use', () => {
    const { components }: Bill = JSON.parse(String(contents('one').get('connector.cdx.json')));
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['undici', '@azure/functions', '@azure/data-tables']));
    expect(names).not.toContain('vitest');
    expect(names).not.toContain('azurite');
    expect(components.filter(({ licenses, hashes }) => licenses === undefined || hashes === undefined)).toEqual([]);
  });

  it('publishes nothing by itself', () => {
    const { status, stderr } = run([], folder);
    expect(status).toBe(2);
    expect(stderr).toContain('--dry-run');
  });
});
