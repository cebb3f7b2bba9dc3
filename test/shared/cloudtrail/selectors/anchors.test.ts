import { describe, expect, it } from 'vitest';
import { anchorsOf, mayBeSpeltOtherwise } from '../../../../shared/cloudtrail/selectors/anchors.ts';
import type { FieldSelector } from '../../../../shared/words/selectors.ts';

const mayMatch = (record: string, ...FieldSelectors: readonly FieldSelector[]) =>
  anchorsOf({ FieldSelectors })(Buffer.from(record));

describe('anchorsOf', () => {
  it.each<[FieldSelector, string, boolean]>([
    [{ Field: 'eventSource', Equals: ['kms'] }, '{"eventSource":"kms"}', true],
    [{ Field: 'eventSource', Equals: ['kms'] }, '{"eventSource":"kms2"}', false],
    [{ Field: 'eventName', StartsWith: ['Get', 'List'] }, '{"eventName":"ListKeys"}', true],
    [{ Field: 'eventName', EndsWith: ['Key'] }, '{"eventName":"Keys"}', false],
    [{ Field: 'userIdentity.invokedBy', EndsWith: ['.com'] }, '{"eventSource":"s3.com"}', false],
    [{ Field: 'readOnly', Equals: ['true'] }, '{}', true],
    [{ Field: 'eventName', NotEquals: ['a'] }, '{}', true],
    [{ Field: 'eventName', Equals: ['1', '2', '3', '4', '5', '6', '7'] }, '{}', true],
    [{ Field: 'errorCode', Equals: ['1', '2', '3', '4', '5', '6', '7'] }, '{}', false],
  ])('%j may match %s: %s', (field, record, answer) => {
    expect(mayMatch(record, field)).toBe(answer);
  });

  it('asks for a text of every field', () => {
    const fields = [
      { Field: 'eventSource', Equals: ['kms'] },
      { Field: 'eventName', Equals: ['Decrypt'] },
    ] as const;
    expect([mayMatch('{"a":"kms"}', ...fields), mayMatch('{"a":"kms","b":"Decrypt"}', ...fields)]).toEqual([
      false,
      true,
    ]);
  });
});

it('mayBeSpeltOtherwise sees escapes of letters and slashes, and not those of quotes', () => {
  const texts = ['{"a":"\\u0061"}', '{"a":"\\/"}', '{"a":"\\"\\n"}', '{}'];
  expect(texts.map((text) => mayBeSpeltOtherwise(Buffer.from(text)))).toEqual([true, true, false, false]);
});
