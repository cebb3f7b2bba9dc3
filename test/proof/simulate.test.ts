import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dollars, figure } from '../../proof/simulate/figures.ts';
import { plan } from '../../proof/simulate/model.ts';
import { askedBy } from '../../proof/simulate/options.ts';
import { pricesOf } from '../../proof/simulate/prices.ts';
import { examples, scenarioOf } from '../../proof/simulate/scenario.ts';
import { compare, mostOff } from '../../proof/simulate/validate.ts';

const command = join(import.meta.dirname, '../../proof/simulate.ts');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulate-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const drained = (objectsPerSecond: number, recordsPerSecond: number, megabytesOfRowsPerSecond: number) => ({
  objectsPerSecond,
  recordsPerSecond,
  megabytesOfRowsPerSecond,
});

/** As npm run bench -- --json prints it, as far as it is looked at. */
function benchResult({ far = drained(398, 1_190, 2) } = {}) {
  return {
    machine: { cores: 2 },
    sets: [
      { name: 'mid', files: 60, records: 120_000, bytes: 186_617_252, gzippedBytes: 21_141_838 },
      { name: 'tiny', files: 20_000, records: 60_000, bytes: 93_191_645, gzippedBytes: 26_958_869 },
    ],
    endToEnd: {
      oneRule: drained(10, 19_000, 32),
      fourRules: drained(38, 74_000, 130),
      latencies: [
        { latencyMs: 0, ...drained(1_600, 4_800, 8) },
        { latencyMs: 20, ...drained(1_280, 3_840, 6.5) },
        { latencyMs: 150, ...far },
      ],
    },
  };
}

describe('npm run simulate', () => {
  test('answers for people', async () => {
    const { code, stderr, stdout } = await run('--example', 'small', '--outage-hours', '2');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('100 events/s in files of 5 records: it keeps up');
    expect(stdout).toContain('bites first');
    expect(stdout).toContain('logs ingestion');
    expect(stdout).toContain('caught up: after');
  });

  test('prints one JSON object when asked', async () => {
    const { code, stdout } = await run('--example', 'large', '--rules', '2', '--hours', '1', '--json');
    const found = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(found).toMatchObject({ keepsUp: true, rulesNeeded: 1, scenario: { rules: 2, recordsPerFile: 50 } });
    expect(found.timeline.seconds).toBe(3_600);
    expect(stdout).not.toContain('null');
  });

  test('exits 1 when it does not keep up', async () => {
    const { code, stdout } = await run('--events-per-second', '50000', '--hours', '0.1');
    expect(code).toBe(1);
    expect(stdout).toContain('IT DOES NOT KEEP UP');
  });

  test.each([
    ['loses messages to the retention', ['--outage-hours', '2', '--retention-days', '0.05'], 'LOST TO RETENTION'],
    ['has not caught up', ['--outage-hours', '2', '--hours', '3'], 'caught up: NOT WITHIN THIS TIME'],
  ])('exits 1 when it %s', async (_what, args, said) => {
    const { code, stdout } = await run('--example', 'small', ...args);
    expect(code).toBe(1);
    expect(stdout).toContain('it keeps up');
    expect(stdout).toContain(said);
  });

  test('refuses unknown flags, wrong values and missing files', async () => {
    const found = await Promise.all([
      run('--nope'),
      run('--rules', 'many'),
      run('--validate', join(folder, 'missing')),
      run('--validate', join(folder, 'missing'), '--json', '--example', 'large'),
    ]);
    expect(found.map(({ code, stdout }) => ({ code, stdout }))).toEqual(found.map(() => ({ code: 2, stdout: '' })));
    expect(found[0]?.stderr).toContain("Unknown option '--nope'");
    expect(found[1]?.stderr).toContain('--rules must be a number; got "many"');
    expect(found[2]?.stderr).toContain('ENOENT');
    expect(found[3]?.stderr).toContain('--validate takes its scenarios from the file; leave out --example');
  });

  test('lists every flag in its help', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    for (const flag of ['--events-per-second N', '--price NAME=USD', '--validate FILE', '--most-drainers N']) {
      expect(stdout).toContain(flag);
    }
  });

  test('compares with a benchmark, and exits 1 when the model is off', async () => {
    const good = join(folder, 'good.json');
    writeFileSync(good, JSON.stringify(benchResult()));
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, JSON.stringify(benchResult({ far: drained(90, 270, 0.5) })));
    const [fine, off] = await Promise.all([run('--validate', good), run('--validate', bad, '--json')]);
    expect(fine.code).toBe(0);
    expect(fine.stdout).toContain('small files, 150 ms');
    expect(off.code).toBe(1);
    expect(JSON.parse(off.stdout).comparisons).toHaveLength(5);
  });
});

describe('askedBy', () => {
  test('takes flags over the example, and hours for seconds', () => {
    const { disturbance, prices, scenario, seconds } = askedBy({
      example: 'large',
      rules: '2',
      hours: '2',
      burst: '3',
      price: ['egressPerGigabyte=0.02'],
    });
    expect(scenario).toMatchObject({ eventsPerSecond: 10_000, rules: 2 });
    expect(prices.egressPerGigabyte).toBe(0.02);
    expect({ disturbance, seconds }).toEqual({
      disturbance: { kind: 'burst', times: 3, from: 3_600, until: 7_200 },
      seconds: 7_200,
    });
  });

  test('lets an outage begin after an hour', () => {
    expect(askedBy({ 'outage-hours': '4' }).disturbance).toEqual({
      kind: 'outage',
      times: 1,
      from: 3_600,
      until: 18_000,
    });
  });

  test.each([
    [{ example: 'tiny' }, '--example must be small, large, huge; got "tiny"'],
    [{ example: 'toString' }, '--example must be small, large, huge; got "toString"'],
    [{ rules: 'many' }, '--rules must be a number; got "many"'],
    [{ rules: '' }, '--rules must be a number; got ""'],
    [{ hours: '0' }, '--hours must be a number above 0, up to 1000; got "0"'],
    [{ hours: '0.00001' }, '--hours must be a second at least, 0.0003 hours; got "0.00001"'],
    [{ burst: '2', 'burst-hours': '0.0001' }, '--burst-hours must be a second at least'],
    [{ burst: '2', hours: '1' }, '--hours must be more than 1 with --burst or --outage-hours'],
    [{ 'outage-hours': '2', hours: '0.5' }, 'which begin after an hour; got "0.5"'],
    [{ 'burst-hours': '2' }, '--burst-hours needs --burst'],
    [{ burst: '2', 'outage-hours': '1' }, '--burst and --outage-hours exclude each other'],
    [{ price: ['tea=1'] }, '--price must be NAME=DOLLARS'],
  ])('refuses %o', (values, problem) => {
    expect(() => askedBy(values)).toThrow(problem);
  });
});

describe('docs/capacity.md', () => {
  const text = readFileSync(new URL('../../docs/capacity.md', import.meta.url), 'utf8');

  test.each(Object.entries(examples))('tells the example %s as the model does', (name, example) => {
    const { cost, instancesNeeded, limits, rulesNeeded, scenario } = plan(scenarioOf(example), pricesOf([]));
    const [first] = limits;
    const perMonth = dollars(cost.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0));
    const { cores, eventsPerSecond, recordsPerFile } = scenario;
    const bites = `${first?.name}, at ${figure(first?.eventsPerSecond ?? 0)}`;
    expect(text).toContain(
      `| \`${name}\` | ${figure(eventsPerSecond)} | ${figure(recordsPerFile)} | ${instancesNeeded} x ${cores} | ${rulesNeeded} | ${bites} | ${perMonth} |`,
    );
  });
});

describe('compare', () => {
  test('says what limits each figure', () => {
    const found = compare(JSON.stringify(benchResult()));
    expect(found.map(({ limitedBy }) => limitedBy)).toEqual([
      'cpu',
      'cpu',
      'objects in flight',
      'bytes a minute of the rules',
      'the machine, with the clouds on it',
    ]);
    expect(found.every(({ ratio }) => ratio < mostOff && ratio > 1 / mostOff)).toBe(true);
  });

  test('does not believe a drain that uploaded nothing', () => {
    const found = compare(JSON.stringify(benchResult({ far: drained(398, 0, 0) })));
    expect(found[2]).toMatchObject({ measured: 0, isWithin: false });
  });

  test.each([
    [
      'small files at 20 ms',
      { latencies: benchResult().endToEnd.latencies.filter(({ latencyMs }) => latencyMs !== 20) },
    ],
    ['small files at 0 ms', { latencies: [] }],
    ['large files with one rule', { oneRule: undefined }],
    ['large files with four rules', { fourRules: undefined }],
  ])('is no comparison without %s', (what, without) => {
    const { endToEnd, ...result } = benchResult();
    expect(() => compare(JSON.stringify({ ...result, endToEnd: { ...endToEnd, ...without } }))).toThrow(
      `the file holds no end-to-end figure of ${what}: run the whole benchmark, without --set`,
    );
  });

  test('takes the sets of a quick run', () => {
    const result = benchResult();
    const sets = result.sets.map((set) => ({ ...set, name: set.name === 'mid' ? 'quickMid' : 'quickTiny' }));
    expect(compare(JSON.stringify({ ...result, sets }))).toHaveLength(5);
  });

  test.each([
    ['what is no JSON', 'no JSON', 'the file is not JSON'],
    ['an empty object', '{}', 'the file holds no number "machine.cores"'],
    ['a result without sets', JSON.stringify({ machine: { cores: 2 } }), 'the file holds no list "sets"'],
    ['a result of no set', JSON.stringify({ ...benchResult(), sets: [] }), 'the file holds no set named tiny'],
    [
      'a result that is not end to end',
      JSON.stringify({ ...benchResult(), endToEnd: undefined }),
      'the file holds no list "latencies"',
    ],
  ])('refuses %s', (_what, text, problem) => {
    expect(() => compare(text)).toThrow(problem);
  });
});
