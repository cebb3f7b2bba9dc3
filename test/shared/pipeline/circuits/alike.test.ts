import { describe, expect, it } from 'vitest';
import { FailuresAlike, prefixOf } from '../../../../shared/pipeline/circuits/alike.ts';
import { FakeClock } from '../fakes.ts';

const unit = (name: string, scope = 'trail') => ({ scope, name });
const nothing = expect.objectContaining({ bucket: false, source: false });

function rig() {
  const clock = new FakeClock();
  return { alike: new FailuresAlike(clock, 3), clock };
}

describe('FailuresAlike', () => {
  it('suspects the bucket after so many different objects failed alike, and begins anew', () => {
    const { alike } = rig();
    const answers = ['p/1', 'p/2', 'p/3', 'p/4'].map((name) => alike.failed(unit(name), 'object-denied').bucket);
    expect(answers).toEqual([false, false, true, false]);
  });

  it.each([
    ['one object that fails over and over', ['p/1', 'p/1', 'p/1', 'p/1'].map((name) => [unit(name), 'object-denied'])],
    [
      'failures of different kinds',
      [
        [unit('p/1'), 'object-denied'],
        [unit('p/2'), 'object-archived'],
        [unit('p/3'), 'object-kms-denied'],
      ],
    ],
    ['objects of different buckets', ['one', 'two', 'three'].map((scope) => [unit('1', scope), 'object-denied'])],
  ] as const)('does not suspect a bucket for %s', (_what, failures) => {
    const { alike } = rig();
    for (const [failed, code] of failures as readonly (readonly [ReturnType<typeof unit>, 'object-denied'])[]) {
      expect(alike.failed(failed, code).bucket).toBe(false);
    }
  });

  it('does not suspect a bucket with a success between', () => {
    const { alike } = rig();
    for (let n = 0; n < 20; n++) {
      if (n % 3 === 2) alike.opened(unit(`p/fine${n}`));
      else expect(alike.failed(unit(`p/${n}`), 'object-denied')).toEqual(nothing);
    }
  });

  it('counts on from what was noted in an earlier slice, and tells of what it is no longer suspected', () => {
    const before = rig().alike;
    before.failed(unit('p/1'), 'object-denied');
    const { noted = [] } = before.failed(unit('p/2'), 'object-denied');
    const { alike } = rig();
    alike.restore('trail', 'object-denied', noted);
    expect(alike.failed(unit('p/1'), 'object-denied')).toEqual({ bucket: false, source: false });
    expect(alike.failed(unit('p/3'), 'object-denied').bucket).toBe(true);
    alike.restore('trail', 'object-archived', noted);
    expect([alike.opened(unit('q/1')), alike.opened(unit('q/1'))]).toEqual([['object-archived'], []]);
  });

  it('leaves a prefix that fails beside others that can be read to its own objects', () => {
    const { alike } = rig();
    alike.failed(unit('denied/1'), 'object-denied');
    alike.opened(unit('fine/1'));
    for (let n = 0; n < 20; n++) expect(alike.failed(unit(`denied/${n}`), 'object-denied')).toEqual(nothing);
    alike.opened(unit('denied/mended'));
    const answers = ['1', '2', '3'].map((name) => alike.failed(unit(`denied/${name}`), 'object-denied').bucket);
    expect(answers).toEqual([false, false, true]);
  });

  it('suspects the source when they lie under different prefixes', () => {
    const { alike } = rig();
    const answers = ['p/1', 'p/2', 'p/3', 'q/4'].map((name) => alike.failed(unit(name), 'object-denied').source);
    expect(answers).toEqual([false, false, false, true]);
  });

  it('suspects the source over all its buckets', () => {
    const { alike } = rig();
    const answers = ['one', 'two', 'three'].map((scope) => alike.failed(unit('p/1', scope), 'object-denied').source);
    expect(answers).toEqual([false, false, true]);
  });

  it('does not suspect a source of which something could be opened a moment ago', async () => {
    const { alike, clock } = rig();
    alike.opened(unit('fine/1', 'other'));
    for (let n = 0; n < 10; n++) expect(alike.failed(unit(`p${n}/1`), 'object-denied').source).toBe(false);
    await clock.advance(60_000);
    expect(alike.failed(unit('p11/1'), 'object-denied').source).toBe(true);
  });
});

describe('prefixOf', () => {
  it('is the folder, with its bucket', () => {
    expect(['a/b/c.gz', 'c.gz'].map((name) => prefixOf(unit(name)))).toEqual(['trail/a/b/', 'trail/']);
  });
});
