import { describeObjectKey } from '../../cloudtrail/announcing/objectKey.ts';
import { emptied, openBody } from '../../cloudtrail/rows/body.ts';
import type { OpenRowStream, StubNote } from '../../cloudtrail/rows/engine.ts';
import { feedEnd, feedPiece } from '../../cloudtrail/rows/feed.ts';
import { decompress } from '../../gzip/decompress.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import { retrying } from '../limits/retryPolicy.ts';
import type { DrainPorts } from '../ports/ports.ts';
import { judgeContent } from '../unit/judgeContent.ts';

export interface Reread {
  readonly records: number;
  readonly stubs: readonly StubNote[];
}

/** Reads one object as a drain would and throws its rows away: what would come of it now. @throws ConnectorError */
export function rereadObject(
  object: ObjectRef,
  ports: Pick<DrainPorts, 'clock' | 'objects' | 'random'>,
  settings: Pick<DrainSettings, 'batchBytes' | 'decompressedBytesCap'>,
  openRows: OpenRowStream,
  signal: AbortSignal,
): Promise<Reread> {
  return retrying('read', () => readOnce(object, ports, settings, openRows, signal), ports, signal);
}

async function readOnce(
  object: ObjectRef,
  { clock, objects }: Pick<DrainPorts, 'clock' | 'objects'>,
  { batchBytes, decompressedBytesCap }: Pick<DrainSettings, 'batchBytes' | 'decompressedBytesCap'>,
  openRows: OpenRowStream,
  signal: AbortSignal,
): Promise<Reread> {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  try {
    const { chunks } = await objects.open(object, until);
    const { deliveredAt, fate, sourceObject } = describeObjectKey(object.key);
    const rows = openRows({ sourceObject, fallbackTime: deliveredAt ?? new Date(clock.now()).toISOString() });
    const body = openBody(batchBytes);
    const open = () => body;
    const pieces = decompress(chunks, { capBytes: decompressedBytesCap });
    for await (const piece of fate.fate === 'judge' ? judgeContent(pieces, fate.strange) : pieces) {
      signal.throwIfAborted();
      for (const _ of feedPiece(rows, piece, open)) emptied(body);
    }
    for (const _ of feedEnd(rows, open)) emptied(body);
    return { records: rows.counts.records, stubs: rows.stubs };
  } finally {
    ended.abort();
  }
}
