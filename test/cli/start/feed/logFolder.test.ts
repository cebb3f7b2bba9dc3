import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LeftOutFile, type LogFolderFile, readLogFolder } from '../../../../cli/start/feed/logFolder.ts';
import { ObjectKeys } from '../../../../cli/start/feed/objectKeys.ts';
import { TopLevelKeys } from '../../../../cli/start/feed/topLevelKeys.ts';
import { describeObjectKey } from '../../../../shared/cloudtrail/announcing/objectKey.ts';
import { guiseCount, LogFolder } from '../logFolders.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const logFile = '{"Records":[{"eventID":"1"}]}';
const digest = '{"awsAccountId":"111122223333","digestStartTime":"2026-11-01T00:00:00Z","logFiles":[]}';
const standardName = '111122223333_CloudTrail_eu-west-1_20261101T1205Z_AbCdEfGh12345678.json.gz';
const standardPath = 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01';

let folder: LogFolder;
beforeEach(() => {
  folder = new LogFolder(mkdtempSync(join(tmpdir(), 'log-folder-')));
});
afterEach(() => rmSync(folder.folder, { recursive: true, force: true }));

async function read(except: readonly string[] = []) {
  const files: LogFolderFile[] = [];
  const leftOut: LeftOutFile[] = [];
  const options = { now, except, leaveOut: (file: LeftOutFile) => leftOut.push(file) };
  for await (const file of readLogFolder(folder.folder, options)) files.push(file);
  const below = (path: string) => relative(folder.folder, path);
  return {
    files,
    paths: files.map(({ path }) => below(path)),
    leftOut: Object.fromEntries(leftOut.map(({ path, reason }) => [below(path), reason])),
    failures: leftOut.filter(({ isFailure }) => isFailure).map(({ path }) => below(path)),
  };
}

describe('readLogFolder', () => {
  it('finds log files in every layout, name and encoding, and gives each a key that is ingested', async () => {
    for (let guise = 0; guise < guiseCount; guise++) folder.add(2, guise);
    const { files, leftOut } = await read();
    expect(leftOut).toEqual({});
    expect(files).toHaveLength(guiseCount);
    expect(new Set(files.map(({ key }) => key)).size).toBe(guiseCount);
    expect(files.map(({ key }) => describeObjectKey(key).fate.fate)).toEqual(files.map(() => 'ingest'));
  });

  it('reads in the order of names', async () => {
    for (const name of ['b/2.json', 'a.json', 'b/1.json', 'c.json']) folder.put(name, `{"Records":["${name}"]}`);
    expect((await read()).paths).toEqual(['a.json', 'b/1.json', 'b/2.json', 'c.json']);
  });

  it('leaves out what is no log file, and says why', async () => {
    folder.put('log.json', logFile);
    folder.put('digest.json.gz', gzipSync(digest));
    folder.put(`${standardPath.replace('/CloudTrail/', '/CloudTrail-Digest/')}/x.json.gz`, 'not even read');
    folder.put('config.json', '{"Nested":{"Records":[]},"text":"\\"Records\\":"}');
    folder.put('list.json', '[{"Records":[]}]');
    folder.put('long.json', JSON.stringify({ padding: 'x'.repeat(2_000_000), items: [] }));
    folder.put('notes.txt', 'hello');
    folder.put('.hidden.json', logFile);
    folder.put('.DS_Store', 'hello');
    const { leftOut, paths, failures } = await read();
    expect(paths).toEqual(['log.json']);
    expect(leftOut).toMatchObject({
      'digest.json.gz': expect.stringContaining('digest'),
      'config.json': expect.stringContaining('no "Records"'),
      'list.json': expect.stringContaining('no "Records"'),
      'long.json': expect.stringContaining('no "Records"'),
      'notes.txt': expect.stringContaining('not named'),
      '.hidden.json': 'a hidden file',
    });
    expect(Object.keys(leftOut)).toHaveLength(7);
    expect(failures).toEqual([]);
  });

  it('takes a log file whose records come late, after a byte order mark, or after white space', async () => {
    folder.put('late.json', JSON.stringify({ padding: 'x'.repeat(2_000_000), Records: [] }));
    folder.put('marked.json', `\uFEFF${logFile}`);
    folder.put('spaced.json', ` \n{ "Records" : [] }`);
    expect((await read()).paths).toEqual(['late.json', 'marked.json', 'spaced.json']);
  });

  it('leaves what is damaged to the connector, which says what is wrong', async () => {
    folder.put('cut.json.gz', gzipSync(logFile).subarray(0, 20));
    folder.put('cut.json', logFile.slice(0, 12));
    folder.put('empty.json', '');
    folder.put('text.json', 'hello');
    folder.put('unclosed.json', '{"a":[1');
    expect((await read()).paths).toEqual(['cut.json', 'cut.json.gz', 'empty.json', 'text.json', 'unclosed.json']);
  });

  it('announces the same bytes once, small or large', async () => {
    const large = `{"Records":[{"padding":"${'x'.repeat(2_000_000)}"}]}`;
    folder.put('a/1.json', logFile);
    folder.put('b/1.json', logFile);
    folder.put('large-1.json', large);
    folder.put('large-2.json', large);
    folder.put('large-3.json', large.replace('xx', 'yy'));
    const { leftOut, paths } = await read();
    expect(paths).toEqual(['a/1.json', 'large-1.json', 'large-3.json']);
    expect(leftOut).toEqual({
      'b/1.json': `the same file as ${join(folder.folder, 'a/1.json')}`,
      'large-2.json': `the same file as ${join(folder.folder, 'large-1.json')}`,
    });
  });

  it('holds small files and not large ones', async () => {
    folder.put('large.json', `{"Records":[{"padding":"${'x'.repeat(2_000_000)}"}]}`);
    folder.put('small.json', logFile);
    const { files } = await read();
    expect(files.map(({ content }) => content?.toString())).toEqual([undefined, logFile]);
    expect(files.map(({ sizeBytes }) => sizeBytes)).toEqual([2_000_028, logFile.length]);
  });

  it('follows links, enters every folder once, and fails for a log file that a link does not reach', async () => {
    folder.put('real/log.json', logFile);
    mkdirSync(join(folder.folder, 'links'));
    const link = (target: string, name: string) => symlinkSync(target, join(folder.folder, 'links', name));
    folder.put('elsewhere.json', '{"Records":[2]}');
    link(join(folder.folder, 'elsewhere.json'), 'file.json');
    link(folder.folder, 'circle');
    link('/nowhere', 'gone.json.gz');
    link('/nowhere', 'gone');
    const { failures, leftOut, paths } = await read();
    expect(paths).toEqual(['elsewhere.json', 'real/log.json']);
    expect(leftOut['links/file.json']).toContain('the same file as');
    expect(leftOut['links/circle']).toContain('read already');
    expect(leftOut['links/gone.json.gz']).toBe('a link that leads nowhere: ENOENT: no such file or directory');
    expect(failures).toEqual(['links/gone.json.gz']);
  });

  it('does not look at what is not the user’s own', async () => {
    folder.put('log.json', logFile);
    folder.put('work/run/x.json', logFile);
    expect(await read([join(folder.folder, 'work')])).toMatchObject({ paths: ['log.json'], leftOut: {} });
  });
});

describe('ObjectKeys', () => {
  it('takes the path where CloudTrail could have written there, whatever stands before AWSLogs', () => {
    for (const path of [`${standardPath}/${standardName}`, `a b/é+&=/${standardPath}/${standardName}`]) {
      expect(new ObjectKeys(now).keyFor(path)).toBe(path);
    }
  });

  it('completes the path when the folder itself is AWSLogs', () => {
    const path = `o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/2026/11/01/${standardName}`;
    expect(new ObjectKeys(now).keyFor(path)).toBe(`AWSLogs/${path}`);
  });

  it('reads account, region and day from a file name that tells them', () => {
    expect(new ObjectKeys(now).keyFor(standardName)).toBe(`${standardPath}/${standardName}`);
    expect(describeObjectKey(new ObjectKeys(now).keyFor(`exported/${standardName}`))).toMatchObject({
      fate: { fate: 'ingest' },
      account: '111122223333',
      region: 'eu-west-1',
      deliveredAt: '2026-11-01T12:05:00Z',
    });
    expect(new ObjectKeys(now).keyFor(standardName.replace('_CloudTrail_', '_CloudTrail-Insight_'))).toContain(
      '/CloudTrail-Insight/eu-west-1/',
    );
  });

  it('dates other names by the clock and gives them an extension that is read', () => {
    const keys = new ObjectKeys(now);
    const today = 'AWSLogs/000000000000/CloudTrail/us-east-1/2026/11/21';
    expect(keys.keyFor('events.gz')).toBe(`${today}/events.json.gz`);
    expect(keys.keyFor('EVENTS.JSON')).toBe(`${today}/EVENTS.json`);
    expect(keys.keyFor('of/x.json')).toBe(`of/${today}/x.json`);
    expect(keys.keyFor('AWSLogs/odd/x.json')).toBe(`AWSLogs/odd/${today}/x.json`);
  });

  it('never gives a key twice', () => {
    const keys = new ObjectKeys(now);
    const given = [
      standardName,
      `${standardPath}/${standardName}`,
      'a.json',
      'a.JSON',
      `copy-2/${standardPath}/${standardName}`,
    ];
    expect(new Set(given.map((path) => keys.keyFor(path))).size).toBe(given.length);
  });

  it('gives a readable key to names that no key may have', () => {
    const long = `${'d'.repeat(200)}/`.repeat(6);
    for (const path of ['tab\there.json', 'back\\..\\slash.json', `${long}x.json`, '\udc00.json']) {
      expect(describeObjectKey(new ObjectKeys(now).keyFor(path)).fate.fate, path).toBe('ingest');
    }
  });
});

describe('TopLevelKeys', () => {
  const read = (text: string, step: number): TopLevelKeys => {
    const keys = new TopLevelKeys();
    for (let at = 0; at < text.length; at += step) keys.push(Buffer.from(text.slice(at, at + step)));
    return keys;
  };

  it('sees members of the object itself, however the bytes are cut', () => {
    for (const step of [1, 3, 1000]) {
      const keys = read('{"a":{"inner":1},"b\\"c":["x:y",{"deep":2}] , "Records" : "value"}', step);
      expect(['a', 'Records'].map((key) => keys.has(key))).toEqual([true, true]);
      expect(['inner', 'deep', 'value', 'x:y'].map((key) => keys.has(key))).toEqual([false, false, false, false]);
      expect(keys.isWhole).toBe(true);
    }
  });

  it('tells whole JSON from what is cut, continued or no JSON', () => {
    const whole = ['{}', '[]', ' {"a":"}"} ', '{"a":1', '{"a":"', '{}{}', 'hello', ''].map(
      (text) => read(text, 2).isWhole,
    );
    expect(whole).toEqual([true, true, true, false, false, false, false, false]);
  });
});
