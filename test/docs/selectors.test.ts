import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeBy } from '../../shared/cloudtrail/selectors/judge.ts';
import { readSelectors } from '../../shared/settings/selectors.ts';

const folder = join(import.meta.dirname, '../../docs/selectors');
const page = readFileSync(`${folder}.md`, 'utf8');
const read = (name: string) => {
  const reading = readSelectors(readFileSync(join(folder, name), 'utf8'), name);
  if (!reading.ok) throw new Error(reading.problems.join('; '));
  return reading.selectors;
};

const byService = { readOnly: true, userIdentity: { type: 'AWSService', invokedBy: 'ebs.amazonaws.com' } };
const kms = { ...byService, eventSource: 'kms.amazonaws.com', eventName: 'Decrypt' };
const session = 'arn:aws:sts::111122223333:assumed-role/sentinel-cloudtrail-reader/AzureFunctions_3c1f5f0e';
const ownRead = {
  ...{ eventCategory: 'Data', eventName: 'GetObject', userIdentity: { arn: session } },
  resources: [{ type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::example-trail-bucket/AWSLogs/111122223333/x.json.gz' }],
};
const described = { ...byService, eventSource: 'ec2.amazonaws.com', eventName: 'DescribeInstances' };

const cases: Readonly<Record<string, { readonly dropped: readonly object[]; readonly kept: readonly object[] }>> = {
  'kms-by-services.json': {
    dropped: [kms],
    kept: [
      { ...kms, userIdentity: { type: 'IAMUser' } },
      { ...kms, errorCode: 'AccessDenied' },
      { ...kms, eventName: 'PutKeyPolicy' },
    ],
  },
  'own-reads.json': {
    dropped: [ownRead],
    kept: [
      { ...ownRead, eventName: 'PutObject' },
      { ...ownRead, userIdentity: { arn: 'arn:aws:iam::111122223333:user/eve' } },
    ],
  },
  'reads-by-services.json': {
    dropped: [described],
    kept: [
      { ...described, readOnly: false },
      { ...described, eventName: 'GetObject' },
      { ...described, userIdentity: {} },
    ],
  },
};

describe('ready-made selectors', () => {
  it('are told on their page, each', () => {
    expect(Object.keys(cases)).toEqual(readdirSync(folder));
    for (const name of Object.keys(cases)) expect(page).toContain(`(selectors/${name})`);
  });

  it.each(Object.entries(cases))('%s drops what its page says, and nothing else', (name, { dropped, kept }) => {
    const judge = judgeBy(read(name));
    const judged = (records: readonly object[]) =>
      records.map((record) => judge(Buffer.from(JSON.stringify(record))) > 0);
    expect([judged(dropped), judged(kept)]).toEqual([dropped.map(() => true), kept.map(() => false)]);
  });

  it('are read as the page writes its example', () => {
    const example = /```json\n(.*?)```/s.exec(page)?.[1] ?? '';
    expect(readSelectors(example, 'example')).toMatchObject({ ok: true });
  });
});
