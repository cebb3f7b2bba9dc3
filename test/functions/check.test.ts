import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningHost, startHost } from '../../local/host/startHost.ts';
import type { CheckReport } from '../../shared/compose/check/chain.ts';
import { type CheckScene, startScene } from '../shared/compose/check/scene.ts';

const root = join(import.meta.dirname, '../..');

describe('the function check', () => {
  let scene: CheckScene;
  let host: RunningHost;
  beforeAll(async () => {
    scene = await startScene();
    const environment = { ...scene.clouds.appSettings, PATH: process.env['PATH'] };
    host = await startHost({ app: root, entry: 'functions/check.ts', environment });
  });
  afterAll(async () => {
    await host.stop('SIGKILL');
    await scene.stop();
  });

  const ask = (headers: Record<string, string>, query = '?sample=1') =>
    fetch(`${host.url()}/api/check${query}`, { headers });

  it('tells nothing to who has no key', async () => {
    const answer = await ask({});
    expect([answer.status, await answer.text()]).toEqual([401, '']);
  });

  it('answers 200 with the report when the app is connected, and 503 when it is not', async () => {
    const key = { 'x-functions-key': host.functionKey };
    const healthy = await ask(key);
    const report = (await healthy.json()) as CheckReport;
    expect(healthy.status).toBe(200);
    expect(report.links.filter(({ status }) => status !== 'ok')).toEqual([]);
    const repair = scene.clouds.aws.break('sqs-receive');
    const broken = await ask(key);
    repair();
    expect(broken.status).toBe(503);
    expect(await broken.json()).toMatchObject({ connected: false, firstBroken: 'queue: messages' });
  });

  it('uses up no receive of a message unless it is asked to', async () => {
    const received = () => scene.clouds.aws.stats().requests['sqs:ReceiveMessage'] ?? 0;
    const before = received();
    const report = (await (await ask({ 'x-functions-key': host.functionKey }, '')).json()) as CheckReport;
    expect(report.connected).toBe(true);
    expect(report.links.filter(({ status }) => status !== 'ok')).toMatchObject([
      { name: 'queue: messages', status: 'not-verifiable', cause: 'sample-not-asked' },
    ]);
    expect(received()).toBe(before);
  });
});
