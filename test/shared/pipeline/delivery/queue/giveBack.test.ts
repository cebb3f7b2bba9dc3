import { describe, expect, it } from 'vitest';
import { giverBack } from '../../../../../shared/pipeline/delivery/queue/giveBack.ts';
import type { MessageOutcome } from '../../../../../shared/pipeline/ports/queue.ts';
import type { QueueMessage } from '../../../../../shared/words/announcement.ts';
import { FakeClock, failure } from '../../fakes.ts';
import { idsOf, messageOf } from './messages.ts';

function rig(answer: (id: string) => MessageOutcome = (messageId) => ({ messageId })) {
  const clock = new FakeClock();
  const over = new AbortController();
  const requests: { readonly seconds: number; readonly ids: string[] }[] = [];
  const queue = {
    changeVisibility: async (messages: readonly QueueMessage[], seconds: number) => {
      const ids = messages.map(({ id }) => id);
      requests.push({ seconds, ids });
      return ids.map(answer);
    },
  };
  const giveBack = giverBack({ queue, clock, random: () => 0.5 }, over.signal);
  /** Each with the seconds it is given back for. */
  const giveAll = (all: readonly (readonly [id: string, seconds: number])[]) =>
    clock.run(Promise.all(all.map(([id, seconds]) => giveBack(messageOf(id), seconds))));
  return { giveAll, over, requests };
}

describe('giverBack', () => {
  it('gives back together what is for the same time, and the rest by itself', async () => {
    const { giveAll, requests } = rig();
    expect(
      await giveAll([
        ['a', 0],
        ['b', 30],
        ['c', 0],
      ]),
    ).toEqual([undefined, undefined, undefined]);
    expect(requests).toEqual([
      { seconds: 0, ids: ['a', 'c'] },
      { seconds: 30, ids: ['b'] },
    ]);
  });

  it('asks for ten at most', async () => {
    const { giveAll, requests } = rig();
    await giveAll(idsOf(12).map((id) => [id, 5] as const));
    expect(requests.map(({ ids }) => ids.length)).toEqual([10, 2]);
  });

  it('answers the code of the one that is refused, and asks for it no more', async () => {
    const { giveAll, requests } = rig((messageId) =>
      messageId === 'a' ? { messageId, refused: 'MessageNotInflight' } : { messageId },
    );
    expect(
      await giveAll([
        ['a', 0],
        ['b', 0],
      ]),
    ).toEqual(['MessageNotInflight', undefined]);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['queue-unavailable', failure('queue-unavailable'), 4],
    ['queue-denied', failure('queue-denied'), 1],
    ['bug', new TypeError('undefined is not a function'), 1],
  ])('answers %s for all when the request fails, and never rejects', async (code, error, attempts) => {
    const { giveAll, requests } = rig(() => {
      throw error;
    });
    expect(
      await giveAll([
        ['a', 0],
        ['b', 0],
      ]),
    ).toEqual([code, code]);
    expect(requests).toHaveLength(attempts);
  });

  it('tries no longer when the slice is over: the visibility timeout does the same, later', async () => {
    const { giveAll, over, requests } = rig(() => {
      over.abort();
      throw failure('queue-unavailable');
    });
    expect(await giveAll([['a', 0]])).toEqual(['queue-unavailable']);
    expect(requests).toHaveLength(1);
  });
});
