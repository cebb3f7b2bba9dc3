import { describeObjectKey } from '../cloudtrail/objectKey.ts';
import type { RowStream, StubNote } from '../cloudtrail/rowEngine.ts';
import { ConnectorError } from '../errors.ts';
import { isSameContent, WatchedContent } from './contentIdentity.ts';
import { decompress } from './decompress.ts';
import type { ObjectRows } from './objectRows.ts';
import type { ContentIdentity, ObjectBody, ObjectRef } from './ports.ts';
import { retrying } from './retryPolicy.ts';
import { skipRows } from './skipRows.ts';
import type { Shift, Slice } from './slice.ts';

/** What is known of one object's records while it is read, over all attempts. */
export interface Scanned {
  /** Records framed, those of a second reading again. */
  records: number;
  /** Rows of a second reading that the first had written already. */
  skipped: number;
}

export type Reading =
  | {
      readonly kind: 'read';
      readonly identity: ContentIdentity;
      readonly records: number;
      readonly stubs: readonly StubNote[];
    }
  /** The ETag is that of the content accepted before; nothing was read. */
  | { readonly kind: 'same' };

export interface ObjectToRead {
  readonly object: ObjectRef;
  /** The content accepted before under this key, if any. */
  readonly known: ContentIdentity | undefined;
  readonly rows: ObjectRows;
  readonly scanned: Scanned;
}

/** Brings all rows of one object into bodies; a broken download goes on after the rows that are written. */
export function readObject(reading: ObjectToRead, slice: Slice, shift: Shift, signal: AbortSignal): Promise<Reading> {
  return retrying(
    'read',
    async () => {
      signal.throwIfAborted();
      return await readOnce(reading, slice, shift, signal);
    },
    slice.ports,
    signal,
  );
}

async function readOnce(reading: ObjectToRead, slice: Slice, shift: Shift, signal: AbortSignal): Promise<Reading> {
  const ended = new AbortController();
  try {
    const { body, key } = await open(reading.object, slice, AbortSignal.any([signal, ended.signal]));
    slice.circuits.bucketSucceeded(reading.object.bucket);
    if (reading.known !== undefined && isSameContent(reading.known, body.etag)) return { kind: 'same' };
    return await scan(body, key, reading, slice, shift, signal);
  } finally {
    // Whatever was not read of the answer is not wanted any more.
    ended.abort();
  }
}

/** EventBridge does not say whether its keys are encoded, so a key that is not found is tried in its second reading. */
async function open(
  object: ObjectRef,
  { ports }: Slice,
  signal: AbortSignal,
): Promise<{ body: ObjectBody; key: string }> {
  try {
    return { body: await ports.objects.open(object, signal), key: object.key };
  } catch (error) {
    const second = object.alternativeKey;
    if (second === undefined || !(error instanceof ConnectorError) || error.code !== 'object-not-found') throw error;
    return { body: await ports.objects.open({ bucket: object.bucket, key: second }, signal), key: second };
  }
}

async function scan(
  body: ObjectBody,
  key: string,
  { rows, scanned }: ObjectToRead,
  slice: Slice,
  { packer }: Shift,
  signal: AbortSignal,
): Promise<Reading> {
  const { ports, settings, tally } = slice;
  const { deliveredAt, sourceObject } = describeObjectKey(key);
  const fallbackTime = deliveredAt ?? new Date(ports.clock.now()).toISOString();
  const written = rows.written;
  const stream = skipRows(slice.openRows({ sourceObject, fallbackTime }), written, settings.batchBytes);
  const content = new WatchedContent(body.chunks, body.etag);
  try {
    const admit = (bytes: number) => packer.admit(bytes, signal);
    for await (const piece of decompress(content.chunks(), { capBytes: settings.decompressedBytesCap, admit })) {
      signal.throwIfAborted();
      tally.bytesInflated += piece.length;
      await packer.write(piece, stream, rows, signal);
    }
    stream.end();
    countRows(stream, slice);
    return { kind: 'read', identity: content.identity, records: stream.counts.records, stubs: stream.stubs };
  } finally {
    tally.bytesRead += content.bytes;
    tally.records += stream.counts.records;
    scanned.records += stream.counts.records;
    scanned.skipped += Math.min(written, stream.counts.rows);
  }
}

function countRows({ counts }: RowStream, { tally }: Slice): void {
  tally.stubs += counts.stubs;
  tally.truncatedRows += counts.truncated;
  tally.repairedRows += counts.repaired;
}
