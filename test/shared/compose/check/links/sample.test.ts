import { describe, expect, it } from 'vitest';
import { sampleLink } from '../../../../../shared/compose/check/links/sample.ts';
import type { SourceLook } from '../../../../../shared/compose/check/sourceLook.ts';

const now = Date.parse('2026-11-01T12:00:00Z');
const hour = 3_600_000;

interface Scene {
  readonly isWanted?: boolean;
  readonly mostReceives?: number;
  readonly receiveCount?: number;
  readonly sentAt?: number;
  /** Of the failed entry that is open. */
  readonly failed?: { readonly messageId?: string; readonly receiveCount?: number; readonly lastAt: number };
}

async function look({ isWanted = true, mostReceives = 10, receiveCount = 1, sentAt = now, failed }: Scene = {}) {
  const calls: unknown[] = [];
  const message = { id: 'one', body: '', receiptHandle: 'r', receiveCount, sentAt, receivedAt: now };
  const queue = {
    receive: async (request: object) => {
      calls.push(request);
      return [message];
    },
    changeVisibility: async (messages: readonly object[], seconds: number) => {
      calls.push([messages.length, seconds]);
      return [{ messageId: 'one' }];
    },
  };
  async function* listFailed() {
    if (failed !== undefined) yield failed;
  }
  const unit = { title: 's3://bucket/key' };
  const link = sampleLink(
    {
      name: (one: string) => one,
      settings: { name: 'default' },
      failed: { listFailed },
      found: { attributes: { visible: 1, redrive: { deadLetterArn: '', mostReceives } } },
      parts: () => ({ queue, announcementIn: () => ({ units: [{ fate: 'ingest', unit }], faults: [], nothing: [] }) }),
    } as unknown as SourceLook,
    { clock: { now: () => now }, isWanted },
  );
  return { finding: await link.run(new AbortController().signal), calls };
}

describe('sampleLink', () => {
  it('receives one message and gives it back at once', async () => {
    const { finding, calls } = await look();
    expect(finding).toMatchObject({ status: 'ok', detail: expect.stringContaining('announces 1 log files') });
    expect(calls).toEqual([expect.objectContaining({ maxMessages: 1 }), [1, 0]]);
  });

  it('receives nothing unless it is asked to', async () => {
    expect(await look({ isWanted: false })).toMatchObject({ finding: { cause: 'sample-not-asked' }, calls: [] });
  });

  it('receives nothing where few receives lead to the dead-letter queue', async () => {
    expect(await look({ mostReceives: 4 })).toMatchObject({ finding: { cause: 'sample-not-taken' }, calls: [] });
  });

  it.each([
    [
      'a message comes back that has few receives left',
      'sample-not-taken',
      { messageId: 'one', receiveCount: 7, lastAt: now },
    ],
    ['a message comes back that has many left', undefined, { messageId: 'one', receiveCount: 6, lastAt: now }],
    ['what failed is long gone', undefined, { messageId: 'one', receiveCount: 9, lastAt: now - 14 * hour }],
    ['what failed are records, whose message is deleted', undefined, { lastAt: now }],
  ])('when %s: %s', async (_, cause, failed) => {
    const { finding, calls } = await look({ failed });
    expect(finding.cause).toBe(cause);
    expect(calls).toHaveLength(cause === undefined ? 2 : 0);
  });

  it('warns of a message that has few receives left', async () => {
    expect((await look({ receiveCount: 8 })).finding).toMatchObject({
      status: 'warning',
      cause: 'message-nearly-spent',
    });
    expect((await look({ receiveCount: 7 })).finding).toMatchObject({ status: 'ok' });
  });

  it('warns of a message that waits for longer than the health page allows, and says that others may be older', async () => {
    const { finding } = await look({ sentAt: now - 3 * hour });
    expect(finding).toMatchObject({
      status: 'warning',
      cause: 'messages-late',
      detail: expect.stringContaining('3 hours ago, and the oldest may be older'),
    });
  });
});
