import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openByteRowStream } from '../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { openWasmRowStream } from '../../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { anchorsOf } from '../../../../shared/cloudtrail/selectors/anchors.ts';
import { judgeBy } from '../../../../shared/cloudtrail/selectors/judge.ts';
import {
  type FieldSelector,
  type Selector,
  selectorFields,
  selectorOperators,
} from '../../../../shared/words/selectors.ts';
import { logOf, map } from '../rows/mapping.ts';

function texts(...FieldSelectors: readonly FieldSelector[]) {
  const anchors = anchorsOf([{ Name: 'n', Action: 'drop', FieldSelectors }]);
  return anchors.map((groups) => groups.map((group) => group.map((text) => Buffer.from(text).toString())));
}

/** How many records of a log are read to be judged. */
function asked(log: string, selectors: readonly Selector[]): number {
  let times = 0;
  const judge = () => {
    times += 1;
    return 0;
  };
  map(log, { open: openWasmRowStream({ judge, anchors: anchorsOf(selectors) }) });
  return times;
}

describe('anchorsOf', () => {
  it.each<[FieldSelector, readonly (readonly string[])[]]>([
    [{ Field: 'eventSource', Equals: ['kms'] }, [['"kms"']]],
    [{ Field: 'eventName', StartsWith: ['Get'], EndsWith: ['"Key'] }, [['"Get', '\\"Key"']]],
    [{ Field: 'userIdentity.invokedBy', EndsWith: ['.com'] }, [['"invokedBy"'], ['.com"']]],
    [{ Field: 'readOnly', Equals: ['true'] }, []],
    [{ Field: 'eventName', NotEquals: ['a'] }, []],
    [{ Field: 'errorCode', Equals: ['1', '2', '3', '4', '5', '6', '7'] }, [['"errorCode"']]],
  ])('of %j are %j', (field, groups) => {
    expect(texts(field)).toEqual([groups]);
  });

  it('has none for selectors that keep', () => {
    expect(anchorsOf([{ Name: 'n', Action: 'keep', FieldSelectors: [{ Field: 'eventName', Equals: ['a'] }] }])).toEqual(
      [],
    );
  });
});

describe('a record', () => {
  const kms = {
    Name: 'n',
    Action: 'drop',
    FieldSelectors: [{ Field: 'eventSource', Equals: ['kms.amazonaws.com'] }],
  } as const;
  const record = (id: number, text: string) =>
    `{"eventTime":"2026-11-01T00:00:00Z","eventID":"${id}","eventSource":"${text}","padding":"${'x'.repeat(id % 37)}"}`;

  it('is not read where it lacks what every selector asks for', () => {
    const records = Array.from({ length: 100 }, (_, id) =>
      record(id, id % 10 === 0 ? 'kms.amazonaws.com' : 's3.amazonaws.com'),
    );
    expect(asked(logOf(...records), [kms])).toBe(10);
    expect(asked(logOf(...records, record(7, 'k\\u006ds'), record(8, 'a\\/b\\u003c'), record(9, 'a\\nb')), [kms])).toBe(
      11,
    );
  });

  it('is decided as reading it would, however its letters are spelt', () => {
    const word = fc.constantFrom(
      'a',
      'ab',
      'b',
      'ba',
      'a/b',
      'é',
      'a"b',
      'true',
      'a much longer value than sixteen bytes',
    );
    const values = fc.array(word, { minLength: 1, maxLength: 8 });
    const field = fc
      .record({
        Field: fc.constantFrom(...selectorFields),
        operators: fc.dictionary(fc.constantFrom(...selectorOperators), values, { minKeys: 1, maxKeys: 2 }),
      })
      .map(({ Field, operators }) => ({ Field, ...operators }) as FieldSelector);
    const selector = fc.record({
      Name: fc.constant('n'),
      Action: fc.constantFrom('keep', 'drop'),
      FieldSelectors: fc.array(field, { minLength: 1, maxLength: 3 }),
    });
    const value = fc.oneof(word, fc.boolean(), fc.constant(null), fc.constant({ omitted: true }));
    const made = fc.record(
      {
        eventID: fc.constant('id'),
        eventName: value,
        eventSource: value,
        readOnly: value,
        errorCode: value,
        vpcEndpointId: value,
        userIdentity: fc.record({ arn: value, invokedBy: value }, { requiredKeys: [] }),
        resources: fc.array(fc.record({ ARN: value, type: value }, { requiredKeys: [] }), { maxLength: 2 }),
      },
      { requiredKeys: ['eventID'] },
    );
    const spelling = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.replaceAll('/', '\\/'),
      (text: string) => text.replaceAll('b', '\\u0062'),
    );
    const spelt = fc
      .tuple(made, spelling)
      .map(([record, spell]) => JSON.stringify(record).replace(/"(?:[^"\\]|\\.)*"(?!:)/g, spell));
    fc.assert(
      fc.property(
        fc.array(selector, { minLength: 1, maxLength: 3 }),
        fc.array(spelt, { minLength: 1, maxLength: 6 }),
        (selectors, records) => {
          const judge = judgeBy(selectors);
          const read = map(logOf(...records), { open: openByteRowStream({ judge }) });
          const searched = map(logOf(...records), {
            open: openWasmRowStream({ judge, anchors: anchorsOf(selectors) }),
          });
          expect(searched.counts).toEqual(read.counts);
          expect(searched.rows).toEqual(read.rows);
        },
      ),
      { numRuns: 500 },
    );
  });
});
