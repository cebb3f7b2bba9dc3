import { describeObjectKey } from '../../cloudtrail/announcing/objectKey.ts';
import type { RowStream, StubNote } from '../../cloudtrail/rows/engine.ts';
import { decompress } from '../../gzip/decompress.ts';
import { RowRanges } from '../../kit/ranges.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { Shift, Slice } from '../drain/slice.ts';
import { retrying } from '../limits/retryPolicy.ts';
import type { Progress } from '../ports/lease.ts';
import type { ObjectBody } from '../ports/ports.ts';
import type { ContentIdentity } from '../ports/unit.ts';
import type { ObjectRows } from '../rows/objectRows.ts';
import { skipRows } from '../rows/skipRows.ts';
import { isKnownContent, isSameContent, isSurelySameContent, WatchedContent } from './contentIdentity.ts';
import { judgeContent } from './judgeContent.ts';

/** What is known of one object's records while it is read, over all attempts. */
export interface Scanned {
  /** Records framed, those of a second reading again. */
  records: number;
  /** Rows left out because an earlier reading had written them, or an earlier holder of the claim had them accepted. */
  skipped: number;
  /** Of these, the rows that an earlier holder had accepted: known once the object is open. */
  before: RowRanges;
  etag: string | undefined;
}

export type Reading =
  | {
      readonly kind: 'read';
      readonly identity: ContentIdentity;
      readonly records: number;
      readonly stubs: readonly StubNote[];
    }
  /** The content is that accepted before, by its ETag or by itself; nothing of it was scanned. */
  | { readonly kind: 'same' };

export interface ObjectToRead {
  readonly object: ObjectRef;
  /** The content accepted before under this key, if any. */
  readonly known: ContentIdentity | undefined;
  /** How far an earlier holder of the claim came, if one did. */
  readonly progress: Progress | undefined;
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
    const body = await slice.ports.objects.open(reading.object, AbortSignal.any([signal, ended.signal]));
    slice.circuits.bucketSucceeded(reading.object.bucket);
    const { progress, rows, scanned } = reading;
    // Its rows cannot be put together with those of another content; whoever receives the message next begins anew.
    if (rows.written > 0 && scanned.etag !== body.etag) throw changedWhileRead(reading.object);
    if (reading.known !== undefined && isSameContent(reading.known, body.etag)) return { kind: 'same' };
    scanned.etag = body.etag;
    const goesOn = progress !== undefined && isSurelySameContent(progress.identity, body.etag);
    scanned.before = goesOn ? progress.accepted : new RowRanges();
    return await scan(body, reading, slice, shift, signal);
  } finally {
    // Whatever was not read of the answer is not wanted any more.
    ended.abort();
  }
}

function changedWhileRead({ bucket, key }: ObjectRef): ConnectorError {
  return new ConnectorError('object-replaced', `s3://${bucket}/${key} was replaced while it was read`, {
    at: { bucket, key },
  });
}

async function scan(
  body: ObjectBody,
  { known, rows, scanned }: ObjectToRead,
  slice: Slice,
  { packer }: Shift,
  signal: AbortSignal,
): Promise<Reading> {
  const { ports, settings, tally } = slice;
  const { deliveredAt, fate, sourceObject } = describeObjectKey(body.key);
  const fallbackTime = deliveredAt ?? new Date(ports.clock.now()).toISOString();
  const done = scanned.before.filledWith(RowRanges.first(rows.written));
  const stream = skipRows(slice.openRows({ sourceObject, fallbackTime }), done, settings.batchBytes);
  const content = new WatchedContent(body.chunks, body.etag);
  let contentBytes = 0;
  let isKnown = false;
  const options = {
    capBytes: settings.decompressedBytesCap,
    admit: (bytes: number) => packer.admit(bytes, signal),
    isWanted: (whole: Uint8Array) => {
      // Once rows of this reading are on their way, only their acceptance makes the object complete.
      isKnown = known !== undefined && rows.written === 0 && isKnownContent(known, whole);
      if (isKnown) tally.bytesInflated += whole.length;
      return !isKnown;
    },
  };
  try {
    const pieces = decompress(content.chunks(), options);
    for await (const piece of fate.fate === 'judge' ? judgeContent(pieces, fate.strange) : pieces) {
      signal.throwIfAborted();
      contentBytes += piece.length;
      tally.bytesInflated += piece.length;
      await packer.write(piece, stream, rows, signal);
    }
    if (isKnown) return { kind: 'same' };
    await packer.end(stream, rows, signal);
    countRows(stream, slice);
    const { counts, stubs } = stream;
    return { kind: 'read', identity: content.identity(contentBytes), records: counts.records, stubs };
  } finally {
    tally.bytesRead += content.bytes;
    tally.records += stream.counts.records;
    scanned.records += stream.counts.records;
    scanned.skipped += done.countBefore(stream.counts.rows);
  }
}

function countRows({ counts }: RowStream, { tally }: Slice): void {
  tally.stubs += counts.stubs;
  tally.truncatedRows += counts.truncated;
  tally.repairedRows += counts.repaired;
}
