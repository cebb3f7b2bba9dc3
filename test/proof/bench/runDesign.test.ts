import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRows } from '../../../proof/bench/compareRows.ts';
import { type DataSet, prepareDataSet } from '../../../proof/bench/dataSets.ts';
import { runDesign } from '../../../proof/bench/runDesign.ts';

const root = mkdtempSync(join(tmpdir(), 'bench-'));
let set: DataSet;
beforeAll(async () => {
  set = await prepareDataSet(root, 'quickLarge50');
});
afterAll(() => rmSync(root, { recursive: true }));

describe('prepareDataSet', () => {
  it('finds what it has generated before', async () => {
    expect(await prepareDataSet(root, 'quickLarge50')).toEqual(set);
  });

  it('tells how much it holds', () => {
    expect(set).toMatchObject({ files: 1, name: 'quickLarge50' });
    expect(set.bytes).toBeGreaterThanOrEqual(2_000_000);
    expect(set.records).toBeGreaterThan(1000);
  });
});

describe('runDesign', () => {
  it.each(['ours', 'plain', 'limit', 'rows', 'plain-rows'] as const)(
    'reads every file with %s and counts what it would send',
    async (design) => {
      const run = await runDesign({ design, level: 6, cores: 1, passes: 1, folder: set.folder });
      expect(run).toMatchObject({ files: 1, bytesIn: set.bytes, rows: set.records });
      expect(run.bodies).toBeGreaterThanOrEqual(2);
      if (!design.endsWith('rows')) expect(run.sentBytes).toBeGreaterThan(100_000);
      expect(run.bodyBytes).toBeGreaterThan(set.bytes);
      expect(run.largestBody).toBeLessThanOrEqual(1_000_000 + 10_000 * Number(design === 'plain'));
    },
  );

  it('inflates and deflates the same on several threads', async () => {
    const run = await runDesign({ design: 'limit', level: 6, cores: 2, passes: 2, folder: set.folder });
    expect(run).toMatchObject({ files: 2, bytesIn: 2 * set.bytes, rows: 2 * set.records });
  });
});

describe('compareRows', () => {
  it('finds every row as the plain mapping has it', async () => {
    expect(await compareRows(set.folder, 4)).toEqual({
      records: set.records,
      rows: set.records,
      compared: Math.ceil(set.records / 4),
      different: 0,
    });
  });
});
