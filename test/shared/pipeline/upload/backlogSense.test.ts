import { describe, expect, it } from 'vitest';
import { BacklogSense, compressBySense } from '../../../../shared/pipeline/upload/backlogSense.ts';

function sense(visible: number | undefined | Error) {
  const world = { now: 0, asked: 0 };
  const measureBacklog = async () => {
    world.asked += 1;
    if (visible instanceof Error) throw visible;
    return visible === undefined ? undefined : { visible, inFlight: 500 };
  };
  return { world, sense: new BacklogSense({ measureBacklog }, { now: () => world.now }, { objectsInFlight: 10 }) };
}

describe('BacklogSense', () => {
  it.each([
    [21, true],
    [20, false],
    [undefined, false],
    [new Error('no answer'), false],
  ])('takes %s waiting messages for a backlog: %s', async (visible, isDeep) => {
    const { sense: one } = sense(visible);
    await one.look();
    expect(one.isDeep).toBe(isDeep);
  });

  it('asks the queue once in a while only', async () => {
    const { sense: one, world } = sense(100);
    await one.look();
    world.now = 29_999;
    await one.look();
    expect(world.asked).toBe(1);
    world.now = 30_000;
    await one.look();
    expect(world.asked).toBe(2);
  });
});

describe('compressBySense', () => {
  it.each([
    [false, 3, 6],
    [true, 3, 3],
    [true, 9, 6],
    [true, undefined, 6],
  ])('with a backlog %s and catch-up level %s compresses at %s', async (isDeep, catchUpLevel, expected) => {
    const levels: number[] = [];
    const compress = compressBySense(
      async (bytes, level) => {
        levels.push(level);
        return bytes;
      },
      { isDeep },
      catchUpLevel,
    );
    await compress(new Uint8Array(1), 6);
    expect(levels).toEqual([expected]);
  });
});
