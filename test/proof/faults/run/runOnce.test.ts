import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestbed, type Testbed } from '../../../../proof/faults/processes/testbed.ts';
import { exactFaults, type FaultName, faultNames } from '../../../../proof/faults/run/faultKinds.ts';
import { planRun } from '../../../../proof/faults/run/plan.ts';
import { type RunOutcome, runOnce } from '../../../../proof/faults/run/runOnce.ts';
import { brokenPromises } from '../../../../proof/faults/run/totals.ts';

/** Story seconds a second: other tests keep the machine busy, and a claim must not be lost for that. */
const speed = 8;

let folder: string;
let testbed: Testbed;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faults-test-'));
  const environment = { PATH: process.env['PATH'] };
  testbed = await startTestbed({ folder: join(folder, 'testbed'), seed: 1, speed, maxReceiveCount: 10, environment });
});

afterAll(async () => {
  await testbed.stop();
  await rm(folder, { recursive: true, force: true });
  await rm(`${join(folder, 'testbed')}-compiled`, { recursive: true, force: true });
});

describe('runOnce', () => {
  it('delivers every record once when nothing goes wrong', async () => {
    const outcome = await run(1, []);
    expect(brokenPromises(outcome)).toEqual([]);
    expect(outcome).toMatchObject({ delivered: outcome.expected, duplicated: 0, bound: 0, faults: {} });
  });

  it.each([3, 5])('delivers every record once when every outcome becomes known (seed %i)', async (seed) => {
    const outcome = await run(seed, exactFaults);
    expect(brokenPromises(outcome)).toEqual([]);
    expect(outcome.duplicated).toBe(0);
  });

  it.each([
    { seed: 4818, kinds: ['crowd', 'error', 'kill', 'lose-response', 'storage', 'unreadable'] },
    { seed: 9033, kinds: ['foreign', 'lose-response', 'pause', 'refused-row', 'stubs', 'unreadable'] },
  ])(
    'loses nothing in two processes and stays within the bound, whatever goes wrong (seed $seed)',
    async ({ seed, kinds }) => {
      const plan = planRun(seed, faultNames);
      expect(plan.processes).toBe(2);
      expect(plan.injections.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds));
      const outcome = await run(seed, faultNames);
      expect(brokenPromises(outcome)).toEqual([]);
      expect(outcome.lost).toBe(0);
      expect(outcome.duplicated).toBeLessThanOrEqual(outcome.bound);
      // How many requests meet each of them is a matter of chance, and of how busy the machine is.
      expect(Object.keys(outcome.faults).length).toBeGreaterThan(1);
    },
  );
});

function run(seed: number, enabled: readonly FaultName[]): Promise<RunOutcome> {
  return runOnce({ testbed, seed, enabled, convergeMs: 180_000 });
}
