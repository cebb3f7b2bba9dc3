import type { QueueClient } from '@azure/storage-queue';
import { storageCode } from './failure.ts';
import type { StorageGate } from './gate.ts';
import { believe } from './ownAnswers.ts';

/** Short messages to the app's own functions, in one queue that is made when it is first missed. */
export interface MessageBox {
  /** The queue forgets a message after `lifetimeSeconds`, read or not. */
  send(text: string, lifetimeSeconds: number): Promise<void>;
  /** Messages waiting or being worked on, approximately. */
  count(): Promise<number>;
}

/** Over the SDK's client, whose own retries must be off. */
export function storageQueue(client: QueueClient, gate: StorageGate): MessageBox {
  const made = async <Answer>(abortSignal: AbortSignal, request: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await request();
    } catch (error) {
      if (storageCode(error) !== 'QueueNotFound') throw error;
      await client.createIfNotExists({ abortSignal });
      return await request();
    }
  };
  return {
    send: (text, lifetimeSeconds) =>
      gate(`sending to the queue ${client.name}`, async (abortSignal) => {
        // As the Functions host reads it: host.json, extensions.queues.messageEncoding.
        const message = Buffer.from(text).toString('base64');
        const messageTimeToLive = Math.max(1, Math.ceil(lifetimeSeconds));
        const { requestId } = await made(abortSignal, () =>
          client.sendMessage(message, { messageTimeToLive, abortSignal }),
        );
        believe(requestId);
      }),
    count: () =>
      gate(`counting the queue ${client.name}`, async (abortSignal) => {
        const { approximateMessagesCount = 0 } = await made(abortSignal, () => client.getProperties({ abortSignal }));
        return approximateMessagesCount;
      }),
  };
}
