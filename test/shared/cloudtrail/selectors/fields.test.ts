import { describe, expect, it } from 'vitest';
import { isFlag, keyOf, valuesOf } from '../../../../shared/cloudtrail/selectors/fields.ts';

describe('valuesOf', () => {
  it.each([
    [{ eventName: 'GetObject' }, 'eventName', ['GetObject']],
    [{ readOnly: true }, 'readOnly', ['true']],
    [{ readOnly: null }, 'readOnly', []],
    [{}, 'errorCode', []],
    [{ userIdentity: { arn: 'a' } }, 'userIdentity.arn', ['a']],
    [{ userIdentity: null }, 'userIdentity.arn', []],
    [{ resources: [{ ARN: 'a' }, { type: 't' }, { ARN: 'b' }] }, 'resources.ARN', ['a', 'b']],
    [{ resources: [{ ARN: 'a', type: 't' }] }, 'resources.type', ['t']],
    [{ eventName: { omitted: true } }, 'eventName', 'unclear'],
    [{ userIdentity: { omitted: true, originalSize: 9 } }, 'userIdentity.arn', 'unclear'],
    [{ resources: 'cut' }, 'resources.ARN', 'unclear'],
    [{ resources: ['cut'] }, 'resources.ARN', 'unclear'],
    [7, 'eventName', 'unclear'],
    [{ recipientAccountId: 111122223333 }, 'recipientAccountId', 'unclear'],
    [{ errorCode: true }, 'errorCode', 'unclear'],
    [{ sessionCredentialFromConsole: true }, 'sessionCredentialFromConsole', ['true']],
    [JSON.parse('{"__proto__":{"eventName":"a"}}'), 'eventName', []],
  ] as const)('of %j in %s is %j', (record, field, values) => {
    expect(valuesOf(record, field)).toEqual(values);
  });
});

it('isFlag is true of what may stand without quotes', () => {
  expect([isFlag('readOnly'), isFlag('eventName')]).toEqual([true, false]);
});

it('keyOf is the last key of the path', () => {
  expect([keyOf('userIdentity.invokedBy'), keyOf('eventName')]).toEqual(['invokedBy', 'eventName']);
});
