import { describe, expect, it } from 'vitest';
import { batched } from '../../../shared/kit/batcher.ts';

/** A clock on which time passes when it is told to. */
function rig(request?: (entries: readonly number[]) => Promise<readonly string[]>) {
  const sleeping: (() => void)[] = [];
  const asked: (readonly number[])[] = [];
  const sleep = (): Promise<void> => new Promise((resolve) => void sleeping.push(resolve));
  const call = batched<number, string>({ sleep }, { most: 3, gatherMs: 20 }, async (entries) => {
    asked.push(entries);
    return await (request ?? (async () => entries.map((entry) => `${entry}!`)))(entries);
  });
  const timePasses = (): void => {
    for (const wake of sleeping.splice(0)) wake();
  };
  return { asked, call, timePasses };
}

describe('batched', () => {
  it('answers each call with what its own entry was answered', async () => {
    const { asked, call } = rig();
    expect(await Promise.all([call(1), call(2), call(3)])).toEqual(['1!', '2!', '3!']);
    expect(asked).toEqual([[1, 2, 3]]);
  });

  it('sends a full request at once, and the rest when the first of it has waited long enough', async () => {
    const { asked, call, timePasses } = rig();
    const answers = [1, 2, 3, 4].map(call);
    await Promise.all(answers.slice(0, 3));
    expect(asked).toEqual([[1, 2, 3]]);
    timePasses();
    expect(await answers[3]).toBe('4!');
    expect(asked).toEqual([[1, 2, 3], [4]]);
  });

  it('does not send again what has gone when the wait of its first ends', async () => {
    const { asked, call, timePasses } = rig();
    await Promise.all([1, 2, 3].map(call));
    timePasses();
    await Promise.all([4, 5, 6].map(call));
    expect(asked).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('rejects each call of a request that fails, and goes on with the next', async () => {
    let fails = true;
    const { call } = rig(async (entries) => {
      if (fails) throw new Error('no answer');
      return entries.map(String);
    });
    const results = await Promise.allSettled([1, 2, 3].map(call));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    fails = false;
    expect(await Promise.all([4, 5, 6].map(call))).toEqual(['4', '5', '6']);
  });
});
