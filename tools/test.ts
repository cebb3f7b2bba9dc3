import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parseCommand } from '../cli/commandLine.ts';

const { positionals, values } = parseCommand({
  name: 'test',
  summary: 'Checks everything: format and lint, types, generated files, unused code, tests with coverage.',
  positionals: '[FILE...]',
  notes: 'With FILEs (test files, folders, or parts of their paths) only these tests run, without the other checks.',
  options: { json: { type: 'boolean', help: 'print only {"passed", "failed"} on standard output' } },
});

const root = dirname(import.meta.dirname);
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const report = join(root, '.local', 'test-report.json');

const checks: readonly (readonly [claim: string, command: string, ...args: string[]])[] = [
  ['formatted and free of lint, imports point down only', bin('biome'), 'ci', '--error-on-warnings', '.'],
  ['types hold', bin('tsc'), '-p', 'tsconfig.json'],
  ['generated files are fresh', process.execPath, join(root, 'tools', 'generate.ts'), '--check'],
  ['nothing is unused', bin('knip'), '--no-progress'],
];

const failedCheck =
  positionals.length > 0 ? undefined : checks.find(([claim, command, ...args]) => !holds(claim, command, args));
finish(failedCheck ? { passed: 0, failed: 1 } : runTests());

function holds(claim: string, command: string, args: readonly string[]): boolean {
  const started = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: pinnedPath() });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(`${status === 0 ? 'ok    ' : 'FAILED'} ${claim} (${seconds} s)`);
  return status === 0;
}

/** Vitest's own exit code also covers the coverage thresholds, so a run without a failed test can still fail. */
function runTests(): { passed: number; failed: number } {
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const scope = positionals.length > 0 ? positionals : ['--coverage'];
  const args = ['run', ...scope, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(bin('vitest'), args, { cwd: root, stdio: ['ignore', 2, 2], env: pinnedPath() });
  try {
    const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
    };
    return { passed, failed: status === 0 ? failed : Math.max(failed, 1) };
  } catch {
    // No report: the runner itself broke, and said why above.
    return { passed: 0, failed: 1 };
  }
}

/** The tools are scripts with a `node` shebang: the pinned Node must be the one they find. */
function pinnedPath(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter) };
}

function finish(result: { passed: number; failed: number }): void {
  console.log(values.json ? JSON.stringify(result) : `${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed === 0 && result.passed > 0 ? 0 : 1);
}
