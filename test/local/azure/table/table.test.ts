import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countRows, readRows, summariseTable } from '../../../../local/azure/table/table.ts';
import { openTableWriter } from '../../../../local/azure/table/writer.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'table-'));
});
afterAll(() => rm(directory, { recursive: true }));

const line = (id: string, name: string) => Buffer.from(`{"AwsEventId":"${id}","EventName":"${name}"}\n`);

describe('openTableWriter', () => {
  it('goes on with a table whose last line a kill left unfinished', async () => {
    const path = join(directory, 'table.ndjson');
    const first = await openTableWriter(path);
    await Promise.all([first.append([line('1', 'A'), line('2', 'B')]), first.append([line('2', 'B')])]);
    await first.close();
    await appendFile(path, '{"AwsEventId":"3","Ev');
    expect(await countRows(path)).toBe(3);

    const second = await openTableWriter(path);
    await second.append([line('4', 'A B')]);
    await second.close();
    expect(await summariseTable(path)).toEqual({
      rows: 4,
      events: 3,
      duplicates: 1,
      eventNames: [
        { name: 'B', rows: 2 },
        { name: 'A', rows: 1 },
        { name: 'A B', rows: 1 },
      ],
    });
    const named: string[] = [];
    for await (const row of readRows(path, { eventName: 'A' })) named.push(row.text);
    expect(named).toEqual(['{"AwsEventId":"1","EventName":"A"}']);
  });
});
