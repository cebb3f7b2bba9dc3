import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const command = join(import.meta.dirname, '../../cli/map.ts');
const time = '2026-11-01T00:00:01Z';
const ok = JSON.stringify({ eventTime: time, eventID: 'ok' });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'map-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly code: number | null;
  readonly rows: readonly Record<string, unknown>[];
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  { input = new Uint8Array(0) as Uint8Array, stopAfterFirstLine = false } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: folder });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stopAfterFirstLine) child.stdout.destroy();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = stopAfterFirstLine ? [] : stdout.split('\n').filter((line) => line.startsWith('{'));
      resolve({ code, stdout, stderr, rows: lines.map((line): Record<string, unknown> => JSON.parse(line)) });
    });
    child.stdin.on('error', () => {
      // The command may end before it has read everything.
    });
    child.stdin.end(input);
  });
}

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

function logOf(...records: readonly string[]): string {
  return `{"Records":[${records.join(',')}]}`;
}

describe('npm run map', () => {
  test('prints one row per line and nothing else', async () => {
    const name = '072643944673_CloudTrail_eu-west-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';
    const { code, stdout, stderr } = await run([file(name, gzipSync(logOf(ok, '{}')))]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `{"TimeGenerated":"${time}","AwsEventId":"ok","EventTime":"${time}","SourceObject":"20261101T0005Z_Ab3dE6gH8jK0lMn2"}\n` +
        '{"TimeGenerated":"2026-11-01T00:05:00Z","EventTime":"2026-11-01T00:05:00Z","UnmappedFields":{"_noEventTime":true},"SourceObject":"20261101T0005Z_Ab3dE6gH8jK0lMn2"}\n',
    );
  });

  test('goes by what a file holds, not by its name, and takes several files and members', async () => {
    const args = [
      file('plain.json.gz', logOf(ok)),
      file('zipped.json', gzipSync(logOf(ok, ok))),
      file('members.json.gz', Buffer.concat([gzipSync(logOf(ok)), gzipSync(`\n${logOf(ok)}`)])),
      file('split.json.gz', Buffer.concat([gzipSync('{"Records":['), gzipSync(`${ok}]}`)])),
      file('pretty.json', JSON.stringify(JSON.parse(logOf(ok)), null, 2)),
      file('mark.json', `\ufeff${logOf(ok)}`),
    ];
    const { code, stderr, rows } = await run(args);
    expect({ code, stderr, rows: rows.length }).toEqual({ code: 0, stderr: '', rows: 8 });
  });

  test('reads standard input for -', async () => {
    const { code, rows } = await run(['-'], { input: gzipSync(logOf(ok, ok, ok)) });
    expect({ code, rows: rows.length }).toEqual({ code: 0, rows: 3 });
  });

  test('keeps what is odd inside a record', async () => {
    const odd =
      '{"eventID":"odd","\\u0065ventName":"\\ud800\\u0000","eventName":"last","requestParameters":{"a":1,"a":2}}';
    const { code, rows } = await run([file('odd.json', logOf(odd, ok))]);
    expect(code).toBe(0);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ AwsEventId: 'odd', EventName: 'last', RequestParameters: '{"a":1,"a":2}' });
  });

  test('tells what is wrong with a file in one line, and goes on with the others', async () => {
    const gz = gzipSync(logOf(ok, ok));
    const args = [
      file('cut.json.gz', gz.subarray(0, gz.length - 12)),
      file('garbage.json.gz', Buffer.concat([gz, Buffer.from('xyz')])),
      file('random.json.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0])),
      file('random.json.gz', Buffer.from([0x8f, 0x00, 0xff, 0x12])),
      file('other.json', '{"Events":[]}'),
      file('empty.json', ''),
      file('broken.json', `{"Records":[${ok},{"a":}]}`),
      'missing.json',
      folder,
      file('good.json', logOf(ok)),
    ];
    const { code, stderr, rows } = await run(args);
    expect(code).toBe(1);
    expect(rows.filter((row) => row['AwsEventId'] === 'ok').length).toBeGreaterThanOrEqual(2);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('  What to do: '))).toHaveLength(6);
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      `map: cut.json.gz: gzip-truncated: the compressed data end too early, at compressed byte offset ${gz.length - 12}`,
      'map: random.json.zst: json-invalid: the object is Zstandard by its first bytes, and no log file',
      'map: random.json.gz: json-invalid: invalid JSON at byte offset 0: unexpected 0x8f',
      'map: other.json: no-records: there is no array "Records" up to byte offset 13',
      'map: empty.json: object-empty: the object is empty: it has 0 bytes',
      `map: broken.json: json-invalid: invalid JSON at byte offset ${12 + ok.length + 1 + 5} in record 2, which starts at ${12 + ok.length + 1}: unexpected 0x7d`,
      'map: missing.json: there is no such file or folder',
      `map: ${folder}: it is a folder`,
    ]);
  });

  test('makes a stub of a record that is too deep, and prints its neighbours', async () => {
    const deep = `{"eventID":"deep","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const { code, rows, stderr } = await run([file('deep.json', logOf(ok, deep, ok))]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^map: deep.json: 1 of 3 records understood only in part \(record-too-deep at byte 64\)\n {2}What to do: .+$/m,
    );
    expect(rows.map((row) => row['AwsEventId'])).toEqual(['ok', 'deep', 'ok']);
  });

  test('tells how many rows were cut and repaired', async () => {
    const long = `{"eventID":"long","errorMessage":"${'x'.repeat(70_000)}"}`;
    const broken = Buffer.concat([
      Buffer.from('{"Records":[{"eventID":"broken","eventName":"'),
      Buffer.from([0xff]),
      Buffer.from('"}]}'),
    ]);
    const { code, stderr } = await run([file('long.json', logOf(ok, long)), file('utf8.json', broken)]);
    expect(code).toBe(0);
    expect(stderr).toContain('map: long.json: 1 of 2 rows cut');
    expect(stderr).toContain('map: utf8.json: 1 of 1 row repaired');
  });

  test('says nothing when the reader has had enough', async () => {
    const many = file('many.json', logOf(...Array.from({ length: 50_000 }, () => ok)));
    const { code, stderr } = await run([many], { stopAfterFirstLine: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('explains itself', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('npm run map -- [options] FILE...');
  });

  test.each([[['--nope']], [[]]])('refuses wrong usage %j', async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^map: .+\nSee: npm run map -- --help\n$/);
  });

  describe('with selectors', () => {
    const selectors = [
      { Name: 'KMS', Action: 'drop', FieldSelectors: [{ Field: 'eventSource', Equals: ['kms.amazonaws.com'] }] },
      { Name: 'reads', Action: 'drop', FieldSelectors: [{ Field: 'readOnly', Equals: ['true'] }] },
    ];
    const record = (eventID: string, more: object) => JSON.stringify({ eventTime: time, eventID, ...more });
    const log = logOf(
      record('a', { eventSource: 'kms.amazonaws.com' }),
      record('b', { readOnly: true }),
      record('c', { readOnly: false }),
      record('d', { readOnly: true }),
    );

    test('prints the rows that are left, and counts the others', async () => {
      const { code, rows, stderr } = await run([
        '--selectors',
        file('s.json', JSON.stringify(selectors)),
        file('l', log),
      ]);
      expect([code, rows.map((row) => row['AwsEventId'])]).toEqual([0, ['c']]);
      expect(stderr).toContain('3 of 4 records dropped by selectors: KMS 1, reads 2');
    });

    test('weighs what each would drop in a dry run: bytes of rows, and dollars', async () => {
      const whole = await run([file('l', log)]);
      const bytes = whole.stdout
        .split('\n')
        .slice(0, 4)
        .map((line) => line.length + 1);
      const path = file('s.json', JSON.stringify(selectors));
      const { code, stdout } = await run(['--selectors', path, '--dry-run', '--price', '1e9', 'l']);
      const cells = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/));
      const [kms = 0, second = 0, kept = 0, fourth = 0] = bytes;
      expect(code).toBe(0);
      expect(cells.map(([name, records, size]) => [name, records, size])).toEqual([
        ['selector', 'records', 'bytes'],
        ['KMS', '1', `${kms}`],
        ['reads', '2', `${second + fourth}`],
        ['(kept)', '1', `${kept}`],
        ['(all)', '4', `${kms + second + kept + fourth}`],
      ]);
      expect(cells[1]?.[4]).toBe(`$${(30 * kms).toFixed(2)}`);
    });

    test.each([
      [['--selectors', 'absent.json', 'l'], /--selectors cannot be read/],
      [['--dry-run', 'l'], /--dry-run needs --selectors FILE/],
      [['--selectors', 'bad.json', 'l'], /bad\.json\[0\]\.Action must be keep or drop/],
      [['--selectors', 'good.json', '--dry-run', '--days', '0', 'l'], /--days must be a number above 0/],
    ])('refuses %j', async (args, problem) => {
      file('l', log);
      file('good.json', JSON.stringify(selectors));
      file('bad.json', JSON.stringify([{ ...selectors[0], Action: 'x' }]));
      const { code, stderr } = await run(args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(problem)]);
    });
  });
});
