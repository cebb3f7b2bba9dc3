import type { QueueMessage } from '../../../words/announcement.ts';
import type { Clock } from '../../../words/clock.ts';
import { retrying } from '../../limits/retryPolicy.ts';
import type { MessageQueue } from '../../ports/queue.ts';
import { entriesPerRequest } from './batches.ts';
import type { HeldMessage } from './message.ts';

export interface HeartbeatParts {
  readonly queue: Pick<MessageQueue, 'changeVisibility'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly everyMs: number;
  readonly visibilitySeconds: number;
  /** Every message held now. */
  readonly held: () => readonly HeldMessage[];
  /** Told when a message may be somebody else's. */
  readonly lose: (held: HeldMessage, refused: string) => void;
  /** Told when the queue did not answer. */
  readonly failed: (error: unknown) => void;
}

/** Extends the visibility timeout of every message held, waiting ones too, until its deletion has returned. */
export async function beat(parts: HeartbeatParts, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    await parts.clock.sleep(parts.everyMs, until);
    if (!until.aborted) await extendAll(parts, until);
  }
}

async function extendAll(parts: HeartbeatParts, until: AbortSignal): Promise<void> {
  const all = parts.held();
  const newest = all.map((held) => ({ held, message: held.newest }));
  // A receive that lapses comes once more, and spends a receive of a message that has not failed.
  const earlier = all.flatMap((held) => held.earlier.map((message) => ({ held, message })));
  await Promise.all([...extendInTens(newest, parts, until), ...extendInTens(earlier, parts, until)]);
}

/** One time a message was received, with the receipt handle it got then. */
interface Receive {
  readonly held: HeldMessage;
  readonly message: QueueMessage;
}

function extendInTens(receives: readonly Receive[], parts: HeartbeatParts, until: AbortSignal): Promise<void>[] {
  const requests: Promise<void>[] = [];
  for (let from = 0; from < receives.length; from += entriesPerRequest) {
    const ten = receives.slice(from, from + entriesPerRequest);
    const request = extend(ten, parts, until);
    for (const { held } of ten) held.extending(request);
    requests.push(request);
  }
  return requests;
}

async function extend(ten: readonly Receive[], parts: HeartbeatParts, until: AbortSignal): Promise<void> {
  const byId = new Map(ten.map((receive) => [receive.message.id, receive]));
  const messages = ten.map(({ message }) => message);
  try {
    const request = () => parts.queue.changeVisibility(messages, parts.visibilitySeconds);
    for (const { messageId, refused, isTransient } of await retrying('extend', request, parts, until)) {
      const receive = byId.get(messageId);
      // A refusal that is the service's own trouble says nothing, and the next beat comes in time.
      if (refused === undefined || isTransient || receive === undefined) continue;
      // The message is ours as long as the newest receipt handle holds.
      if (receive.message === receive.held.newest) parts.lose(receive.held, refused);
    }
  } catch (error) {
    // Nothing is lost yet: the timeout still runs, and the next beat may come through.
    if (!until.aborted) parts.failed(error);
  }
}
