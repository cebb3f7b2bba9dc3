import { keptDelivery } from '../../../../../shared/pipeline/ports/failedEntries.ts';
import type { AcknowledgedMessage } from '../../../../../shared/pipeline/ports/queue.ts';
import type { QueueMessage } from '../../../../../shared/words/announcement.ts';

export const never = new AbortController().signal;

export function messageOf(id: string, receiptHandle = `handle of ${id}`): QueueMessage {
  return { id, body: `body of ${id}`, receiptHandle, receiveCount: 1, sentAt: 0, receivedAt: 0 };
}

export function acknowledged(id: string): AcknowledgedMessage {
  return { message: messageOf(id), proof: keptDelivery(`test/${id}`) };
}

/** `m0`, `m1` and so on. */
export function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `m${n}`);
}
