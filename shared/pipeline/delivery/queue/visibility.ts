import type { QueueMessage } from '../../../words/announcement.ts';
import type { Fate } from '../../ports/settlement.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html: 12 h from the receive. */
const longestVisibilitySeconds = 43_200;
/** The cap counts on the service's clock, which is not ours. */
const marginSeconds = 60;

/** Receives a message may spend on failures that are not its own before those cost it time as well. */
const freeReceives = 3;

/**
 * A bucket's circuit may open for a few bad objects that came at once, and close a moment later: whoever met it young comes
 * again soon. One that has lasted so long is likely to last on.
 */
const youngSeconds = 900;
/** From this receive on, a message that waits for its bucket is held as long as SQS allows: ten receives then last two days and a half. */
const sparingFrom = 6;

/**
 * How long a message stays invisible. Its own failures back off, so that a mended permission finds it alive for hours
 * before the queue's redrive takes it; a failure of the pipeline gives it back soon, unless it has met several: a
 * pipeline that fails whenever it is tried would otherwise spend all receives of a message within minutes.
 */
export function secondsUntilVisible(
  message: Pick<QueueMessage, 'receiveCount' | 'receivedAt'>,
  fate: Fate,
  {
    now,
    isShutdown,
    mostSeconds,
  }: { readonly now: number; readonly isShutdown: boolean; readonly mostSeconds: number },
): number {
  const heldSeconds = Math.max(0, Math.ceil((now - message.receivedAt) / 1000));
  const wanted = Math.min(mostSeconds, wantedSeconds(message.receiveCount, fate, now, isShutdown));
  return Math.max(0, Math.min(wanted, longestVisibilitySeconds - marginSeconds - heldSeconds));
}

function wantedSeconds(receiveCount: number, fate: Fate, now: number, isShutdown: boolean): number {
  switch (fate.kind) {
    case 'back-off':
      return doubling(30, receiveCount);
    case 'after-bucket':
      if (receiveCount >= sparingFrom) return longestVisibilitySeconds;
      return doubling(now - fate.since < youngSeconds * 1000 ? 30 : 900, receiveCount);
    case 'at':
      // A lease may be extended time and again: who waits for it must not spend all receives meanwhile.
      return Math.min(900, Math.max(Math.ceil((fate.time - now) / 1000), doubling(5, receiveCount)));
    case 'soon':
      if (isShutdown) return 0;
      if (receiveCount > freeReceives) return doubling(30, receiveCount);
      return fate.wasTried ? 5 : 0;
  }
}

function doubling(firstSeconds: number, receiveCount: number): number {
  return Math.min(21_600, firstSeconds * 2 ** Math.min(20, Math.max(0, receiveCount - 1)));
}
