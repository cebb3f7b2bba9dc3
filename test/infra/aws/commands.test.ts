import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../../../docs/aws-commands.md'), 'utf8');
const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aws-commands-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('runs as it stands in a shell, and fills in the values', () => {
  for (const program of ['aws', 'jq']) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} $*" >>calls\n`);
    chmodSync(join(folder, program), 0o755);
  }

  const { status, stderr } = spawnSync('sh', ['-eu', '-c', commands.replaceAll('222222222222', '333333333333')], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${folder}:/usr/bin:/bin` },
  });

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown;
  const queue = read('queue.json') as Record<string, string>;
  expect(JSON.parse(queue['RedrivePolicy'] ?? '')).toEqual({
    deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:333333333333:cloudtrail-notifications-dlq',
    maxReceiveCount: 10,
  });
  expect(JSON.stringify(JSON.parse(queue['Policy'] ?? ''))).toContain('"aws:SourceAccount":"333333333333"');
  expect(JSON.stringify(read('hub-trust.json'))).toContain('sts.windows.net/5a1c3f7e-2b7d-4a58-9f0e-6d1b8c2e4f90/:sub');
  expect(JSON.stringify(read('reader-policy.json'))).toContain('arn:aws:s3:::example-cloudtrail-logs/AWSLogs/*');
  expect(JSON.stringify(read('reader-trust.json'))).toContain('333333333333:role/sentinel-connector-hub');
  expect(read('ours.json')).toMatchObject({ Id: 'cloudtrail-notifications-for-sentinel' });
  expect(readFileSync(join(folder, 'calls'), 'utf8').match(/^aws /gm)).toHaveLength(9);
});
