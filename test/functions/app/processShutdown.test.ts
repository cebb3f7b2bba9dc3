import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedClouds, startEmbeddedClouds } from '../embeddedClouds.ts';

/** The app as one bundle loads it, every function in one process, of which only the timer has work. */
const app = `
  const { drainOnSchedule } = await import('${new URL('../../../functions/drainOnSchedule.ts', import.meta.url)}');
  await import('${new URL('../../../functions/drainOnTicket.ts', import.meta.url)}');
  const tell = (line) => console.log(line);
  await drainOnSchedule({}, { trace: tell, debug: tell, info: tell, warn: tell, error: tell });
`;

describe('shutdown', () => {
  let clouds: EmbeddedClouds;

  beforeAll(async () => {
    clouds = await startEmbeddedClouds();
  });
  afterAll(() => clouds.stop());

  it('lets a function that works end on SIGTERM, however idle the other one is', async () => {
    await clouds.deliver('under-way', ['under-way']);
    clouds.ingestion.faults.plan([{ kind: 'latency', latencyMs: 500, times: 1 }]);
    const child = spawn(process.execPath, ['--input-type=module', '--eval', app], {
      env: { ...process.env, ...clouds.environment, NODE_EXTRA_CA_CERTS: clouds.ingestion.caFile },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said, ended] = [text(child.stdout), once(child, 'exit')];
    await expect.poll(() => clouds.ingestion.stats().requests).toBe(1);

    child.kill('SIGTERM');

    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(await said).toMatch(/"event":"slice-finished".*"rowsAccepted":1\b/);
    expect(await clouds.arrived()).toEqual(['under-way']);
    expect(clouds.aws.stats().queue.deleted).toBe(1);
  });
});
