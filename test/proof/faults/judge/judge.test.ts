import { describe, expect, it } from 'vitest';
import { judge } from '../../../../proof/faults/judge/judge.ts';
import { noBound } from '../../../../proof/faults/judge/observer.ts';
import { rowContent } from '../../../../proof/faults/judge/rowContent.ts';

const one = '{"AwsEventId":"1","EventName":"A"}';
const other = '{"AwsEventId":"2","EventName":"B"}';
const trail = {
  objects: [
    {
      key: 'a',
      gzip: new Uint8Array(),
      rows: [one, other].map((row, id) => ({ eventId: `${id}`, content: rowContent(row) })),
    },
  ],
  messages: [],
  records: 2,
};

describe('judge', () => {
  it('finds every record once, whatever the order of rows and columns', () => {
    const turned = '{"EventName":"A","AwsEventId":"1"}';
    expect(judge(trail, [other, turned], noBound)).toMatchObject({ lost: 0, duplicated: 0, altered: 0, overBound: [] });
  });

  it('counts a row that says something else as lost and as altered', () => {
    const changed = '{"AwsEventId":"2","EventName":"C"}';
    expect(judge(trail, [one, changed], noBound)).toMatchObject({ lost: 1, lostFrom: ['a'], altered: 1 });
  });

  it('does not miss a record that was kept aside', () => {
    expect(judge(trail, [one], noBound, new Set(['1']))).toMatchObject({ lost: 0, lostFrom: [] });
    expect(judge(trail, [other], noBound, new Set(['1']))).toMatchObject({ lost: 1, lostFrom: ['a'] });
  });

  it('names the objects with more duplicates than may be', () => {
    const twice = judge(trail, [one, one, other], noBound);
    expect(twice).toMatchObject({ duplicated: 1, overBound: [{ key: 'a', duplicated: 1, bound: 0 }] });
    const allowed = judge(trail, [one, one, other], { ...noBound, byKey: new Map([['a', 1]]), rows: 1 });
    expect(allowed).toMatchObject({ duplicated: 1, bound: 1, overBound: [] });
  });
});
