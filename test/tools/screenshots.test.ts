import { existsSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../tools/browser/faults.ts';
import { lookAtPage, type Seen, type View } from '../../tools/browser/lookAtPage.ts';
import { samples } from '../../tools/browser/samples.ts';

const root = new URL('../../', import.meta.url);
// It is installed by `npm run screenshots`, which the workflow runs before the tests.
const isInstalled = existsSync(new URL('tools/browser/node_modules', root));

const well: Seen = {
  ...{ name: 'green', status: 200, complaints: [], requests: ['http://127.0.0.1/green'], title: '', text: '' },
  ...{ scripts: 0, background: 'rgb(0, 0, 0)', overflow: 0, charts: [300] },
};

describe('the pictures of the health page', () => {
  it.each(['green', 'red'] as const)('are there, and small: %s', (colour) => {
    expect(samples[colour].colour).toBe(colour);
    expect(statSync(new URL(`docs/images/health-${colour}.png`, root)).size).toBeLessThan(300_000);
  });

  it.each<[Partial<Seen>, RegExp]>([
    [{ complaints: ['blocked'] }, /blocked/],
    [{ requests: ['http://127.0.0.1/green', 'https://example.com/x.js'] }, /example\.com/],
    [{ scripts: 1 }, /script/],
    [{ overflow: 12 }, /12 pixels/],
    [{ charts: [] }, /charts/],
    [{ charts: [300, 20] }, /charts/],
  ])('are not taken when the page has a fault: %j', (changed, fault) => {
    expect(faultsOf(well)).toEqual([]);
    expect(faultsOf({ ...well, ...changed })).toEqual([expect.stringMatching(fault)]);
  });
});

describe.skipIf(!isInstalled)('the health page in a real browser', () => {
  const views = (['green', 'red'] as const).flatMap((sample) =>
    [false, true].map((dark): View => ({ name: `${sample} ${dark}`, sample, dark, width: 360 })),
  );

  it('fits a phone, in light and in dark, and asks for nothing', { timeout: 120_000 }, async () => {
    const seen = await lookAtPage(views);
    expect(seen.flatMap(faultsOf)).toEqual([]);
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 503, 503]);
    expect(new Set(seen.map(({ background }) => background)).size).toBe(2);
    expect(seen[2]?.text).toContain('What to do:');
  });
});
