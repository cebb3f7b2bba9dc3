import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckScene, startScene } from './scene.ts';

describe('the check of several sources', () => {
  let scene: CheckScene;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(() => scene.stop());

  it('looks at each by its name, and at the others when one is broken', async () => {
    const { queueUrl, roleArn } = scene.clouds.aws;
    const SOURCES = JSON.stringify([
      { name: 'staging', queueUrl: queueUrl.replace('notifications', 'other'), roleArn: `${roleArn}-other` },
      { name: 'production', queueUrl, roleArn },
    ]);
    const { firstBroken, links } = await scene.check({ settings: { SOURCES, SQS_QUEUE_URL: '', AWS_ROLE_ARN: '' } });
    expect(firstBroken).toBe('staging: target role');
    const of = (source: string) => links.filter(({ name }) => name.startsWith(`${source}: `));
    expect(new Set(of('production').map(({ status }) => status))).toEqual(new Set(['ok']));
    expect(of('production')).toHaveLength(of('staging').length);
    const afterRole = of('staging').slice(of('staging').findIndex(({ status }) => status === 'failure') + 1);
    expect(new Set(afterRole.map(({ status }) => status))).toEqual(new Set(['skipped']));
  });

  it('has a name for each link once', async () => {
    const names = (await scene.check()).links.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
