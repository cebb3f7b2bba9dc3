import type { Queue, QueueStore } from './fauxqs.ts';

/** Keeps the queues in step with the embedded cloud's clock. */
export interface QueueClock {
  /** Called before each use of the queues. */
  sync(): void;
  /** What to add to a time of fauxqs to get a time of the cloud's clock. */
  offsetMs(): number;
}

/**
 * fauxqs lives by `Date.now()`. When the cloud's clock runs away from it (a story that lasts weeks moves the clock,
 * it does not sleep), every deadline is brought nearer by as much; messages older than the queue's retention go.
 */
export function makeQueueClock(store: QueueStore, now: () => number): QueueClock {
  let offset = now() - Date.now();
  return {
    sync() {
      const moved = now() - Date.now() - offset;
      // Two clocks read one after the other differ by a little; only a real move counts.
      if (Math.abs(moved) < 100) return;
      offset += moved;
      for (const queue of store.allQueues()) shift(queue, moved, Date.now());
    },
    offsetMs: () => offset,
  };
}

function shift(queue: Queue, moved: number, now: number): void {
  // A set, because a message delivered twice is in two places and must move once.
  const messages = new Set([...queue.messages, ...queue.delayedMessages]);
  for (const entry of queue.inflightMessages.values()) {
    entry.visibilityDeadline -= moved;
    messages.add(entry.message);
  }
  for (const message of messages) {
    message.sentTimestamp -= moved;
    if (message.approximateFirstReceiveTimestamp !== undefined) message.approximateFirstReceiveTimestamp -= moved;
    if (message.delayUntil !== undefined) message.delayUntil -= moved;
  }
  queue.processTimers();
  const oldest = now - Number(queue.attributes['MessageRetentionPeriod']) * 1000;
  queue.messages = queue.messages.filter((message) => message.sentTimestamp >= oldest);
}
