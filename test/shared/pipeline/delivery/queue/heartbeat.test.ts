import { describe, expect, it } from 'vitest';
import { beat } from '../../../../../shared/pipeline/delivery/queue/heartbeat.ts';
import { HeldMessage } from '../../../../../shared/pipeline/delivery/queue/message.ts';
import type { MessageOutcome } from '../../../../../shared/pipeline/ports/queue.ts';
import type { QueueMessage } from '../../../../../shared/words/announcement.ts';
import { FakeClock, failure } from '../../fakes.ts';
import { idsOf, messageOf } from './messages.ts';

const everyMs = 10_000;
const visibilitySeconds = 30;

/** A heart that has begun to beat, for a queue that answers so. */
function rig(
  ids: readonly string[],
  answer: (message: QueueMessage) => Promise<MessageOutcome> = async ({ id }) => ({ messageId: id }),
) {
  const clock = new FakeClock();
  const began = clock.now();
  const end = new AbortController();
  const requests: { readonly at: number; readonly handles: string[] }[] = [];
  const failed: unknown[] = [];
  const lost: string[] = [];
  const held = ids.map((id) => new HeldMessage(messageOf(id, id)));
  const changeVisibility = async (messages: readonly QueueMessage[], seconds: number) => {
    if (seconds !== visibilitySeconds) throw new Error(`extended by ${seconds} s`);
    requests.push({ at: clock.now() - began, handles: messages.map(({ receiptHandle }) => receiptHandle) });
    return await Promise.all(messages.map(answer));
  };
  const beating = beat(
    {
      queue: { changeVisibility },
      ...{ clock, everyMs, visibilitySeconds, random: () => 0.5, held: () => held },
      lose: ({ newest }, refused) => lost.push(`${newest.id} ${refused}`),
      failed: (error) => failed.push(error),
    },
    end.signal,
  );
  return { beating, clock, end, failed, held, lost, requests };
}

describe('beat', () => {
  it('extends all that is held every time, in tens, until the signal aborts', async () => {
    const { beating, clock, end, failed, lost, requests } = rig(idsOf(12));
    await clock.advance(2 * everyMs);
    end.abort();
    await beating;
    const tens = [idsOf(12).slice(0, 10), idsOf(12).slice(10)];
    expect(requests).toEqual([1, 2].flatMap((nth) => tens.map((handles) => ({ at: nth * everyMs, handles }))));
    expect([...failed, ...lost]).toEqual([]);
  });

  it('loses the message whose newest receipt handle is refused, and no other', async () => {
    const { clock, lost } = rig(['a', 'b'], async ({ id }) =>
      id === 'a' ? { messageId: id, refused: 'MessageNotInflight' } : { messageId: id },
    );
    await clock.advance(everyMs);
    expect(lost).toEqual(['a MessageNotInflight']);
  });

  it('extends earlier receives as well, apart, and loses nothing when one of those is refused', async () => {
    const { clock, held, lost, requests } = rig(['a'], async ({ id, receiptHandle }) =>
      receiptHandle === 'a' ? { messageId: id, refused: 'MessageNotInflight' } : { messageId: id },
    );
    held[0]?.receivedAgain(messageOf('a', 'a again'));
    await clock.advance(everyMs);
    expect(requests.map(({ handles }) => handles)).toEqual([['a again'], ['a']]);
    expect(lost).toEqual([]);
  });

  it("loses nothing by a refusal that is the service's own trouble", async () => {
    const { clock, failed, lost } = rig(['a'], async ({ id }) => ({
      messageId: id,
      refused: 'InternalError',
      isTransient: true,
    }));
    await clock.advance(everyMs);
    expect([...failed, ...lost]).toEqual([]);
  });

  it('loses nothing by a request that fails: it tells so, and beats again', async () => {
    const error = failure('queue-denied');
    const { clock, failed, lost, requests } = rig(['a'], async () => {
      throw error;
    });
    await clock.advance(2 * everyMs);
    expect(failed).toEqual([error, error]);
    expect(lost).toEqual([]);
    expect(requests).toHaveLength(2);
  });

  it('counts as under way for each message it extends', async () => {
    const answered = Promise.withResolvers<void>();
    const { clock, held } = rig(['a'], async ({ id }) => {
      await answered.promise;
      return { messageId: id };
    });
    await clock.advance(everyMs);
    const order: string[] = [];
    const extended = held[0]?.extended().then(() => order.push('extended'));
    await clock.quiet();
    order.push('answered');
    answered.resolve();
    await extended;
    expect(order).toEqual(['answered', 'extended']);
  });

  it('blames the queue for nothing once it is to end', async () => {
    const { beating, clock, end, failed } = rig(['a'], async () => {
      end.abort();
      throw failure('queue-unavailable');
    });
    await clock.run(beating);
    expect(failed).toEqual([]);
  });
});
