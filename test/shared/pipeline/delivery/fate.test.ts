import { describe, expect, it } from 'vitest';
import { decisive, fateOf, isBackOff } from '../../../../shared/pipeline/delivery/fate.ts';
import type { Failure } from '../../../../shared/words/failure.ts';

const error = new Error('it failed');
const own: Failure = { owner: 'object', error };
const pipelines: Failure = { owner: 'pipeline', error };
const held: Failure = { owner: 'nobody', error, again: { at: 7 } };
const bucket: Failure = { owner: 'nobody', error, again: { bucketOutSince: 3 } };

describe('decisive', () => {
  it('prefers what proves least against the delivery', () => {
    expect(decisive([own, bucket])).toBe(bucket);
    expect(decisive([bucket, held, own])).toBe(held);
    expect(decisive([own, held, pipelines])).toBe(pipelines);
  });
});

describe('fateOf', () => {
  it('backs off for failures of its own, and for those of its bucket', () => {
    expect(fateOf(own, true)).toMatchObject({ kind: 'back-off' });
    expect(fateOf(bucket, true)).toEqual({ kind: 'after-bucket', since: 3 });
    // The trial of a bucket fails as the bucket does.
    expect(fateOf({ ...own, again: { bucketOutSince: 3 } }, true)).toEqual({ kind: 'after-bucket', since: 3 });
    expect([own, bucket, held, pipelines].map((failure) => isBackOff(fateOf(failure, true)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('comes again soon when the pipeline failed, and when a lease ends', () => {
    expect(fateOf(pipelines, false)).toEqual({ kind: 'soon', wasTried: false });
    expect(fateOf(held, true)).toEqual({ kind: 'at', time: 7 });
  });
});
