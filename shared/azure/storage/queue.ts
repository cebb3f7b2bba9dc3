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
  /** Receives one message and deletes it; undefined when none waits. For a check: the app's own are read by the Functions host. */
  take(): Promise<string | undefined>;
  /** Deletes the queue, with what is in it. For half a minute there can be no queue of its name. */
  drop(): Promise<void>;
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
    take: () =>
      gate(`receiving from the queue ${client.name}`, async (abortSignal) => {
        const { receivedMessageItems, requestId } = await client.receiveMessages({ abortSignal });
        believe(requestId);
        const [message] = receivedMessageItems;
        if (message === undefined) return undefined;
        const { messageId, popReceipt, messageText } = message;
        await client.deleteMessage(messageId, popReceipt, { abortSignal });
        return Buffer.from(messageText, 'base64').toString();
      }),
    drop: () =>
      gate(`deleting the queue ${client.name}`, async (abortSignal) => {
        const { requestId } = await client.deleteIfExists({ abortSignal });
        believe(requestId);
      }),
  };
}
