import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAge, shownAge } from '../../../cli/replay/age.ts';
import { readAppValues } from '../../../cli/replay/appValues.ts';
import { type ReplayOptions, type Request, readRequest } from '../../../cli/replay/readRequest.ts';
import { renderEntry, renderOutcome, renderShown } from '../../../cli/replay/render.ts';
import { replayEntries } from '../../../cli/replay/replayEntries.ts';
import type { Connector } from '../../../shared/compose/connector.ts';
import type { ReplayOutcome } from '../../../shared/pipeline/replay/outcome.ts';
import { ConnectorError } from '../../../shared/words/errors.ts';

describe('readAge', () => {
  it.each([
    ['2d', 172_800_000],
    ['3h', 10_800_000],
    ['30m', 1_800_000],
    ['90s', 90_000],
    ['0d', 0],
    ['2', undefined],
    ['d', undefined],
    ['-1d', undefined],
    ['1.5h', undefined],
    ['1w', undefined],
  ])('reads %s as %s ms', (text, ms) => {
    expect(readAge(text)).toBe(ms);
  });
});

describe('shownAge', () => {
  it.each([
    [-5, '0 s'],
    [90_000, '90 s'],
    [130_000, '2 m'],
    [7_300_000, '2 h'],
    [100_000_000, '27 h'],
    [1_000_000_000, '11 d'],
  ])('shows %s ms as %s', (ms, shown) => {
    expect(shownAge(ms)).toBe(shown);
  });
});

describe('readAppValues', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'replay-'));
    mkdirSync(join(root, '.local'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const write = (name: string, content: unknown) => {
    writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content));
  };

  it('takes from local.settings.json what the environment leaves open', () => {
    write('local.settings.json', { IsEncrypted: false, Values: { A: 'file', B: 'file', C: 3 } });

    expect(readAppValues(root, { A: 'environment' }, false)).toEqual({ A: 'environment', B: 'file' });
  });

  it('is the environment alone when there is no file', () => {
    expect(readAppValues(root, { A: 'environment' }, false)).toEqual({ A: 'environment' });
  });

  it('prefers what the local set-up was told, when asked for it', () => {
    write('.local/run.json', { pids: { supervisor: process.pid }, appSettings: { A: 'run' } });

    expect(readAppValues(root, { A: 'environment', B: 'environment' }, true)).toEqual({ A: 'run', B: 'environment' });
  });

  it.each([
    ['.local/run.json', { pids: { supervisor: 2 ** 22 + 1 }, appSettings: {} }, true, /has ended/],
    ['.local/run.json', {}, true, /has ended/],
    ['.local/other.json', {}, true, /no local set-up runs/],
    ['local.settings.json', { IsEncrypted: true, Values: {} }, false, /is encrypted/],
    ['local.settings.json', '{', false, /cannot be read/],
  ] as const)('refuses %s with %j, saying what to do', (name, content, local, problem) => {
    write(name, content);

    const refusal = () => readAppValues(root, {}, local);

    expect(refusal).toThrow(problem);
    expect(refusal).toThrow(expect.objectContaining({ remedy: expect.any(String) }));
  });
});

describe('readRequest', () => {
  it.each<[ReplayOptions, readonly string[], Request]>([
    [{}, [], { kind: 'list', query: {} }],
    [{ list: true, source: 'a' }, [], { kind: 'list', query: { source: 'a' } }],
    [{ show: 'a/1' }, [], { kind: 'show', id: 'a/1' }],
    [{ close: ['a/1'] }, ['a/2'], { kind: 'close', ids: ['a/1', 'a/2'] }],
    [{ replay: ['a/1'], again: true }, ['a/2'], { kind: 'replay', wanted: ['a/1', 'a/2'], again: true }],
    [
      { 'replay-all': true, reason: 'no-records', 'older-than': '2h' },
      [],
      { kind: 'replay', wanted: { reason: 'no-records', olderThanMs: 7_200_000 }, again: false },
    ],
  ])('makes of %j and %j a request', (options, positionals, request) => {
    expect(readRequest(options, positionals)).toEqual(request);
  });

  it.each<[ReplayOptions, readonly string[], string]>([
    [{ 'older-than': 'soon' }, [], '--older-than must be a number with d, h, m or s, such as 2d; got "soon"'],
    [{ list: true, 'replay-all': true }, [], '--list and --replay-all exclude each other'],
    [{}, ['a/1'], '"a/1" follows neither --replay nor --close'],
    [
      { show: 'a/1', reason: 'no-records' },
      [],
      '--reason, --source and --older-than choose for the list and for --replay-all, not for --show',
    ],
    [{ again: true }, [], '--again needs --replay or --replay-all'],
  ])('refuses %j with %j', (options, positionals, problem) => {
    expect(readRequest(options, positionals)).toBe(problem);
  });
});

describe('replayEntries', () => {
  const collect = async (replay: Connector['replay'], ids: readonly string[], again = false) => {
    const outcomes: ReplayOutcome[] = [];
    const { signal } = new AbortController();
    for await (const outcome of replayEntries({ replay }, ids, again, signal)) outcomes.push(outcome);
    return outcomes;
  };
  const many = Array.from({ length: 2_500 }, (_, index) => `a/${index}`);

  it('asks each source for its own entries, each once', async () => {
    const asked: [string, readonly string[]][] = [];
    const outcomes = await collect(
      async (source, { ids }) => {
        asked.push([source, ids]);
        return ids.map((id) => ({ kind: 'missing', id, reason: '' }));
      },
      ['a/1', 'b/1', 'a/2', 'a/1'],
    );

    expect(asked).toEqual([
      ['a', ['a/1', 'a/2']],
      ['b', ['b/1']],
    ]);
    expect(outcomes).toHaveLength(3);
  });

  it('leaves the rest of a source alone once its pipeline failed', async () => {
    let calls = 0;
    const outcomes = await collect(async (_, { ids }) => {
      calls += 1;
      return ids.map((id) => ({
        kind: 'left',
        id,
        failure: { code: 'upload-denied', owner: 'pipeline', message: 'no' },
      }));
    }, many);

    expect(calls).toBe(1);
    expect(outcomes.map(({ id }) => id)).toEqual(many);
    expect(outcomes.at(-1)).toMatchObject({ kind: 'left', failure: { code: 'upload-denied' } });
  });

  it('goes on after an object that another instance reads, and sends again in one go', async () => {
    const sizes: number[] = [];
    const replay: Connector['replay'] = async (_, { ids }) => {
      sizes.push(ids.length);
      return ids.map((id) => ({ kind: 'left', id, failure: { code: 'claim-held', owner: 'nobody', message: 'busy' } }));
    };

    await collect(replay, many);
    await collect(replay, many, true);

    expect(sizes).toEqual([1_000, 1_000, 500, 2_500]);
  });

  it('tells every entry of a source that cannot be replayed at all', async () => {
    const outcomes = await collect(async () => {
      throw new ConnectorError('settings-invalid', 'no source is named "a"');
    }, ['a/1', 'a/2']);

    expect(outcomes).toMatchObject([
      { kind: 'left', id: 'a/1', failure: { code: 'settings-invalid' } },
      { kind: 'left', id: 'a/2' },
    ]);
  });
});

describe('renderOutcome', () => {
  const id = 'a/1';
  const stub = { offset: 7, reason: 'record-too-deep' } as const;
  it.each<[ReplayOutcome, string]>([
    [{ kind: 'delivered', id, rows: 1, accepted: 1, suppressed: 0, skipped: 0 }, '1 row of 1 object accepted'],
    [
      { kind: 'delivered', id, rows: 0, accepted: 0, suppressed: 2, skipped: 1 },
      '2 objects accepted before, not sent again; 1 object of no interest',
    ],
    [{ kind: 'delivered', id, rows: 0, accepted: 0, suppressed: 0, skipped: 0 }, 'there was nothing to do'],
    [
      { kind: 'failed', id, failure: { code: 'no-records', owner: 'object', message: 'none', remedy: 'Look.' } },
      'no-records: none. Look.',
    ],
    [{ kind: 'missing', id, reason: 'it was closed' }, 'it was closed'],
    [
      { kind: 'read', id, records: 9, rows: 0, stubs: [stub] },
      '1 of 9 records still tell only a part (record-too-deep at byte 7); no row was sent, since they were accepted before.',
    ],
    [
      { kind: 'read', id, records: 9, rows: 0, stubs: [] },
      'all 9 records can be understood whole now; no row was sent, since they were accepted before. Send the file once more with --again.',
    ],
    [
      { kind: 'read', id, records: 9, rows: 9, stubs: Array.from({ length: 7 }, () => stub) },
      `7 of 9 records still tell only a part (${Array(5).fill('record-too-deep at byte 7').join(', ')} and 2 more); 9 rows accepted again.`,
    ],
  ])('tells %j', (outcome, told) => {
    expect(renderOutcome(outcome)).toBe(`${outcome.kind.padEnd(9)}  a/1  ${told}`);
  });
});

describe('renderShown', () => {
  it('shows everything that is kept, and nothing that is not', () => {
    const shown = renderShown(
      {
        id: 'a/1',
        source: 'a',
        state: 'open',
        reason: 'record-too-deep',
        message: '1 record',
        bucket: 'trail',
        key: 'AWSLogs/x',
        stubs: [{ offset: 7, reason: 'record-too-deep' }],
        stubCount: 1,
        firstAt: 0,
        lastAt: 60_000,
        attempts: 2,
      },
      120_000,
    );

    expect(shown.split('\n')).toEqual([
      'ID        a/1',
      'State     open',
      'Reason    record-too-deep',
      'What      1 record',
      'Object    s3://trail/AWSLogs/x',
      'First     1970-01-01T00:00:00.000Z (2 m ago)',
      'Last      1970-01-01T00:01:00.000Z (60 s ago)',
      'Attempts  2',
      'Stubs     record-too-deep at byte 7',
      '',
    ]);
  });
});

describe('renderEntry', () => {
  it('spells out what would move the cursor, turn the writing or begin a line', () => {
    const shown = renderEntry(
      {
        id: 'main/x',
        source: 'main',
        reason: 'key-not-allowed',
        state: 'open',
        message: 'no',
        bucket: 'trail',
        key: 'a\u001b[2J\u009b\u202e\u2028\ud800\nNo failed entry.',
        firstAt: 0,
        lastAt: 0,
        attempts: 1,
        stubs: [],
        stubCount: 0,
      },
      0,
    );
    expect(shown.split('\n')).toEqual([
      expect.stringContaining('main/x'),
      '    s3://trail/a\\u001b[2J\\u009b\\u202e\\u2028\\ud800\\u000aNo failed entry.: no',
    ]);
  });
});
