import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rowsOfFile, rowsOfFolder } from '../../../cli/query/readRows.ts';
import { ingestedAt } from '../../../local/kql/rows.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'query-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const record = { eventTime: '2026-11-30T10:00:00Z', eventName: 'StopLogging', eventID: 'e1', eventVersion: '1.08' };

describe('rowsOfFile', () => {
  it('reads rows as they are mapped, times as times', async () => {
    const rows = await rowsOfFile(file('rows.ndjson', '{"TimeGenerated":"2026-11-30T10:00:00Z","EventName":"a"}\n\n'));
    const at = Date.parse('2026-11-30T10:00:00Z');
    expect(rows).toEqual([{ TimeGenerated: at, EventName: 'a', [ingestedAt]: at }]);
  });

  it.each(['[1]', '{"a":', 'text'])('names the line that is no row: %s', async (line) => {
    await expect(rowsOfFile(file('rows.ndjson', `{}\n${line}\n`))).rejects.toThrow(/line 2 is no row/);
  });
});

describe('rowsOfFolder', () => {
  it("maps each log file, by the connector's own mapping, and tells what it left out", async () => {
    file('a.json', JSON.stringify({ Records: [record, { ...record, eventID: 'e2' }] }));
    file('broken.json', '{"Records":[{"eventName":"x"},');
    file('notes.txt', 'mine');
    const { files, leftOut, rows } = await rowsOfFolder(folder, () => undefined);
    expect(rows.map(({ AwsEventId }) => AwsEventId ?? '')).toEqual(['e1', 'e2', '']);
    expect(files).toBe(2);
    expect(leftOut.filter(({ isFailure }) => isFailure).map(({ path }) => path)).toEqual([join(folder, 'broken.json')]);
  });
});
