import { describe, expect, it } from 'vitest';
import { dropperNames, judgeBy, selectorsHash } from '../../../../shared/cloudtrail/selectors/judge.ts';
import type { FieldSelector, Selector } from '../../../../shared/words/selectors.ts';

const drop = (Name: string, ...FieldSelectors: readonly FieldSelector[]): Selector => ({
  Name,
  Action: 'drop',
  FieldSelectors,
});
const keep = (Name: string, ...fields: readonly FieldSelector[]): Selector => ({
  ...drop(Name, ...fields),
  Action: 'keep',
});
const kms = drop('KMS', { Field: 'eventSource', Equals: ['kms.amazonaws.com'] });

const judged = (record: string, ...selectors: readonly Selector[]) => judgeBy(selectors)(Buffer.from(record));

describe('judgeBy', () => {
  it('names the first selector that matches, by its number among those that drop', () => {
    const decrypt = keep('decrypt', { Field: 'eventName', Equals: ['Decrypt'] });
    const reads = drop('reads', { Field: 'readOnly', Equals: ['true'] });
    const record = (eventName: string, eventSource: string) =>
      JSON.stringify({ eventName, eventSource, readOnly: true });
    const all = [decrypt, kms, reads];
    expect(judged(record('Decrypt', 'kms.amazonaws.com'), ...all)).toBe(0);
    expect(judged(record('Encrypt', 'kms.amazonaws.com'), ...all)).toBe(1);
    expect(judged(record('GetObject', 's3.amazonaws.com'), ...all)).toBe(2);
    expect(dropperNames(all)).toEqual(['KMS', 'reads']);
  });

  it.each([
    ['escaped letters', '{"eventSource":"kms\\u002eamazonaws.com"}'],
    ['blanks around it', '{ "eventSource" : "kms.amazonaws.com" }'],
  ])('judges by meaning: %s', (_, record) => {
    expect(judged(record, kms)).toBe(1);
  });

  it('compares slashes however they are spelt', () => {
    const bucket = drop('bucket', { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::logs/'] });
    expect(judged('{"resources":[{"ARN":"arn:aws:s3:::logs\\/AWSLogs"}]}', bucket)).toBe(1);
  });

  it.each([
    ['the same text elsewhere', '{"eventSource":"s3.amazonaws.com","requestParameters":"kms.amazonaws.com"}'],
    ['a value that is no text', '{"eventSource":{"omitted":true,"x":"kms.amazonaws.com"}}'],
    ['what is no JSON', '{"eventSource":"kms.amazonaws.com",}'],
    ['what is no object', '["kms.amazonaws.com"]'],
  ])('keeps %s', (_, record) => {
    expect(judged(record, kms)).toBe(0);
  });

  it('keeps what an earlier selector cannot judge', () => {
    const unclear = keep('unclear', { Field: 'userIdentity.arn', Equals: ['a'] });
    const record = '{"userIdentity":{"omitted":true},"eventSource":"kms.amazonaws.com"}';
    expect([judged(record, unclear, kms), judged(record, kms, unclear)]).toEqual([0, 1]);
  });
});

describe('selectorsHash', () => {
  it('differs with what they decide, and is empty without any', () => {
    expect(selectorsHash([])).toBe('');
    expect(selectorsHash([kms])).toMatch(/^[\w-]{16}$/);
    expect(selectorsHash([{ ...kms, Action: 'keep' }])).not.toBe(selectorsHash([kms]));
  });
});
