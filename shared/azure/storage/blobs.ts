import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { storageCode } from './failure.ts';
import type { StorageGate } from './gate.ts';
import { believe } from './ownAnswers.ts';

/** Texts too long for a table, in one container that is made when it is first missed. */
export interface Blobs {
  put(name: string, content: string): Promise<void>;
  read(name: string): Promise<string | undefined>;
  /** Gone is what is wanted: one that is missing is no failure. */
  remove(name: string): Promise<void>;
}

/** Over the SDK's client, whose own retries must be off. */
export function storageBlobs(client: ContainerClient, gate: StorageGate): Blobs {
  return {
    put: (name, content) =>
      gate(`writing to the container ${client.containerName}`, async (abortSignal) => {
        const bytes = Buffer.from(content);
        const upload = async () => {
          const { requestId } = await client.getBlockBlobClient(name).upload(bytes, bytes.length, { abortSignal });
          believe(requestId);
        };
        try {
          await upload();
        } catch (error) {
          if (storageCode(error) !== 'ContainerNotFound') throw error;
          await client.createIfNotExists({ abortSignal });
          await upload();
        }
      }),
    read: (name) =>
      gate(`reading the container ${client.containerName}`, async (abortSignal) => {
        try {
          const answer = await client.getBlobClient(name).download(0, undefined, { abortSignal });
          const { readableStreamBody, requestId } = answer;
          believe(requestId);
          return readableStreamBody === undefined ? '' : await text(readableStreamBody);
        } catch (error) {
          if (!/^(?:Blob|Container)NotFound$/.test(storageCode(error))) throw error;
          return undefined;
        }
      }),
    remove: (name) =>
      gate(`deleting from the container ${client.containerName}`, async (abortSignal) => {
        const { requestId } = await client.getBlobClient(name).deleteIfExists({ abortSignal });
        believe(requestId);
      }),
  };
}
