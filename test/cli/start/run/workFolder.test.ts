import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimWorkFolder } from '../../../../cli/start/run/workFolder.ts';

describe('claimWorkFolder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'work-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const named = { isDefault: false };

  it('takes a new folder, an empty one, and one that it took before', () => {
    for (const place of [join(folder, 'new', 'one'), folder.concat('/empty')]) {
      if (place.endsWith('empty')) mkdirSync(place);
      expect(claimWorkFolder(place, named)).toBeUndefined();
      writeFileSync(join(place, 'run.json'), '');
      expect(claimWorkFolder(place, named)).toBeUndefined();
    }
  });

  it('refuses a folder with files of somebody else, and touches nothing', () => {
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'notes.txt'), 'mine');

    expect(claimWorkFolder(folder, named)).toMatch(/holds other files/);
    expect(claimWorkFolder(folder, { isDefault: true })).toMatch(/holds files that no run made/);
    expect(readFileSync(join(folder, 'run', 'notes.txt'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, '.cloudtrail-connector'))).toBe(false);
  });

  it('knows what older runs left in the default folder', () => {
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'table.ndjson'), '');
    writeFileSync(join(folder, 'test-report.json'), '');

    expect(claimWorkFolder(folder, { isDefault: true })).toBeUndefined();
  });

  it('says in one sentence that a file is in the way', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');

    expect(claimWorkFolder(file, named)).toMatch(/^--work must be a folder; .* is a file/);
    expect(claimWorkFolder(join(file, 'below'), named)).toMatch(/^--work must be a folder; .* is a file/);
  });
});
