import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deliveries } from '../../../../proof/faults/stories/deliveries.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deliveries-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('Deliveries', () => {
  it('tells which records have a row, and how many rows are there twice', async () => {
    const table = join(folder, 'table.jsonl');
    const deliveries = new Deliveries(table, 10);
    const ids = [deliveries.nextId(), deliveries.nextId(), deliveries.nextId()];
    const [first = '', second = ''] = ids;
    await writeFile(table, row(first));
    expect(await deliveries.hasAll([first])).toBe(true);
    expect(await deliveries.hasAll(ids)).toBe(false);
    await appendFile(table, row(first) + row(second));
    expect(await deliveries.hasAll([first, second])).toBe(true);
    expect(await deliveries.count()).toEqual({ expected: 3, delivered: 3, lost: 1, duplicated: 1 });
  });

  it('knows no record beyond those of the story', async () => {
    const table = join(folder, 'empty.jsonl');
    await writeFile(table, '');
    const deliveries = new Deliveries(table, 1);
    expect(await deliveries.hasAll([`00000000-0000-4000-8000-${'f'.repeat(12)}`])).toBe(false);
  });
});

function row(id: string): string {
  return `${JSON.stringify({ AwsEventId: id })}\n`;
}
