import { emptied, openBody } from '../../cloudtrail/rows/body.ts';
import type { OpenRowStream, StubNote } from '../../cloudtrail/rows/engine.ts';
import { feedEnd, feedPiece } from '../../cloudtrail/rows/feed.ts';
import type { Clock } from '../../words/clock.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import { retrying } from '../limits/retryPolicy.ts';
import type { Unit } from '../ports/unit.ts';
import { piecesOf } from '../unit/pieces.ts';
import { openUnit } from '../unit/read.ts';

export interface RereadParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: Pick<DrainSettings, 'batchBytes' | 'decompressedBytesCap'>;
  readonly openRows: OpenRowStream;
}

export interface Reread {
  readonly records: number;
  readonly stubs: readonly StubNote[];
}

/** Reads one unit as a drain would and throws its rows away: what would come of it now. @throws ConnectorError */
export function reread(unit: Unit, parts: RereadParts, signal: AbortSignal): Promise<Reread> {
  return retrying('read', () => readOnce(unit, parts, signal), parts, signal);
}

async function readOnce(
  unit: Unit,
  { clock, openRows, settings: { batchBytes, decompressedBytesCap: capBytes } }: RereadParts,
  signal: AbortSignal,
): Promise<Reread> {
  const content = await openUnit(unit, signal);
  try {
    const { deliveredAt, sourceObject } = content.found;
    const rows = openRows({ sourceObject, fallbackTime: deliveredAt ?? new Date(clock.now()).toISOString() });
    const body = openBody(batchBytes);
    const open = () => body;
    for await (const piece of piecesOf(content, content.chunks, { capBytes })) {
      signal.throwIfAborted();
      for (const _ of feedPiece(rows, piece, open)) emptied(body);
    }
    for (const _ of feedEnd(rows, open)) emptied(body);
    return { records: rows.counts.records, stubs: rows.stubs };
  } finally {
    content.close();
  }
}
