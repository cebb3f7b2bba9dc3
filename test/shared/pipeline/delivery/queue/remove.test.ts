import { describe, expect, it } from 'vitest';
import { remover } from '../../../../../shared/pipeline/delivery/queue/remove.ts';
import type { MessageOutcome } from '../../../../../shared/pipeline/ports/queue.ts';
import { FakeClock, failure } from '../../fakes.ts';
import { acknowledged, idsOf } from './messages.ts';

type Answer = (ids: readonly string[], request: number) => readonly MessageOutcome[];

const deleted: Answer = (ids) => ids.map((messageId) => ({ messageId }));

/** Deletes through a queue that answers so; tells what each deletion came to, and what was asked of the queue. */
function rig(answer: Answer) {
  const clock = new FakeClock();
  const over = new AbortController();
  const requests: string[][] = [];
  const failed: unknown[] = [];
  const queue = {
    delete: async (messages: readonly { readonly message: { readonly id: string } }[]) => {
      const ids = messages.map(({ message }) => message.id);
      requests.push(ids);
      return answer(ids, requests.length);
    },
  };
  const remove = remover({ queue, clock, random: () => 0.5, failed: (error) => failed.push(error) }, over.signal);
  const removeAll = (ids: readonly string[]) => clock.run(Promise.all(ids.map((id) => remove(acknowledged(id)))));
  return { failed, over, removeAll, requests };
}

describe('remover', () => {
  it('deletes in tens, and answers nothing once the queue has confirmed', async () => {
    const { failed, removeAll, requests } = rig(deleted);
    expect(await removeAll(idsOf(23))).toEqual(Array.from({ length: 23 }, () => undefined));
    expect(requests.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(requests.flat()).toEqual(idsOf(23));
    expect(failed).toEqual([]);
  });

  it('asks once more for the entry that is refused alone, and keeps it when it is refused again', async () => {
    const { failed, removeAll, requests } = rig((ids) =>
      ids.map((messageId) => (messageId === 'm1' ? { messageId, refused: 'InternalError' } : { messageId })),
    );
    expect(await removeAll(idsOf(3))).toEqual([undefined, 'InternalError', undefined]);
    expect(requests).toEqual([['m0', 'm1', 'm2'], ['m1']]);
    expect(failed).toEqual([]);
  });

  it('believes the second answer', async () => {
    const { removeAll } = rig((ids, request) =>
      ids.map((messageId) => (request === 1 ? { messageId, refused: 'InternalError' } : { messageId })),
    );
    expect(await removeAll(idsOf(2))).toEqual([undefined, undefined]);
  });

  it('takes nothing for deleted that the answer does not mention', async () => {
    const { removeAll, requests } = rig((ids) => deleted(ids, 1).slice(1));
    expect(await removeAll(idsOf(2))).toEqual(['unanswered', undefined]);
    expect(requests).toEqual([['m0', 'm1'], ['m0']]);
  });

  it('answers the code when the queue never answers, after ten attempts, and tells so once', async () => {
    const error = failure('queue-unavailable');
    const { failed, removeAll, requests } = rig(() => {
      throw error;
    });
    expect(await removeAll(idsOf(2))).toEqual(['queue-unavailable', 'queue-unavailable']);
    expect(requests).toHaveLength(10);
    expect(failed).toEqual([error]);
  });

  it('asks no second time what a person must mend', async () => {
    const { failed, removeAll, requests } = rig(() => {
      throw failure('queue-denied');
    });
    expect(await removeAll(idsOf(1))).toEqual(['queue-denied']);
    expect(requests).toHaveLength(1);
    expect(failed).toHaveLength(1);
  });

  it('keeps what is unanswered when the slice is over, and blames the queue for nothing', async () => {
    const { failed, over, removeAll, requests } = rig(() => {
      over.abort();
      throw failure('queue-unavailable');
    });
    expect(await removeAll(idsOf(1))).toEqual(['queue-unavailable']);
    expect(requests).toHaveLength(1);
    expect(failed).toEqual([]);
  });
});
