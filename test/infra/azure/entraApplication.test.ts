import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const script = join(import.meta.dirname, '../../../infra/azure/entra-application.sh');

/** An `az` that keeps one application in files, and refuses addresses without an ID where `strict` exists. */
const az = `#!/bin/sh
here=$(dirname "$0")
echo "$*" >>"$here/calls"
case "$*" in
  'ad app list'*) cat "$here/app" 2>/dev/null || true ;;
  'ad app create'*) echo 11111111-2222-3333-4444-555555555555 | tee "$here/app" ;;
  'ad app show'*) cat "$here/uri" 2>/dev/null || true ;;
  'ad app update'*)
    for last; do :; done
    if [ -f "$here/strict" ] && [ "$last" = api://cloudtrail-connector ]; then exit 1; fi
    echo "$last" >"$here/uri" ;;
  'ad sp show'*) test -f "$here/sp" ;;
  'ad sp create'*) touch "$here/sp" ;;
  'account show'*) echo 5a1c3f7e-2b7d-4a58-9f0e-6d1b8c2e4f90 ;;
  *) exit 9 ;;
esac
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'entra-'));
  writeFileSync(join(folder, 'az'), az, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('sh', [script, ...args], { encoding: 'utf8', env: { PATH: `${folder}:/usr/bin:/bin` } });
}

it('registers once, and prints the same when it is run again', () => {
  const first = run();
  const again = run();

  expect(first).toMatchObject({
    status: 0,
    stdout: 'Audience: api://cloudtrail-connector\nTenantId: 5a1c3f7e-2b7d-4a58-9f0e-6d1b8c2e4f90\n',
  });
  expect(again.stdout).toBe(first.stdout);
  const calls = readFileSync(join(folder, 'calls'), 'utf8');
  expect(calls.match(/ (?:create|update) /g)).toHaveLength(3);
});

it('takes the ID of the application where the tenant refuses a plain name', () => {
  writeFileSync(join(folder, 'strict'), '');

  expect(run().stdout).toContain('Audience: api://11111111-2222-3333-4444-555555555555\n');
});

it('refuses a name that would not be taken as it is', () => {
  expect(run("it's")).toMatchObject({ status: 2, stdout: '' });
});

it('does not choose among several applications of the name', () => {
  writeFileSync(join(folder, 'app'), 'one\ntwo\n');

  expect(run()).toMatchObject({ status: 1, stdout: '' });
});
