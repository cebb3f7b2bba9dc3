import { closedBody, openBody } from '../../../../shared/cloudtrail/rows/body.ts';
import { openByteRowStream } from '../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import type { EngineCounts, OpenRowStream, StubNote } from '../../../../shared/cloudtrail/rows/engine.ts';
import { feedEnd, feedPiece } from '../../../../shared/cloudtrail/rows/feed.ts';

export const context = { sourceObject: '20261101T0005Z_Ab3dE6gH8jK0lMn2', fallbackTime: '2026-11-01T00:05:00Z' };

export type Row = Readonly<Record<string, unknown>>;

export interface Mapped {
  /** Closed request bodies. */
  readonly bodies: readonly string[];
  readonly rows: readonly Row[];
  readonly counts: EngineCounts;
  readonly stubs: readonly StubNote[];
  /** What ended the mapping early. */
  readonly error: unknown;
}

export interface MappingOptions {
  /** Length of the pieces, one after another, the last again and again. */
  readonly pieces?: readonly number[];
  readonly limit?: number;
  readonly open?: OpenRowStream;
}

/** Feeds a log file to an engine, as the pipeline does, and keeps every body. */
export function map(log: string | Uint8Array, options: MappingOptions = {}): Mapped {
  const { pieces = [65_536], limit = 1_000_000, open = openByteRowStream() } = options;
  const bytes = typeof log === 'string' ? Buffer.from(log) : log;
  const stream = open(context);
  const bodies: string[] = [];
  let body = openBody(limit);
  const current = () => body;
  const close = () => {
    if (body.length > body.limit) throw new Error(`a body of ${body.length} bytes; the limit is ${body.limit}`);
    if (body.rows > 0) bodies.push(Buffer.from(closedBody(body)).toString());
    body = openBody(limit);
  };
  let error: unknown;
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      // A copy of exactly this length: a read past the end must not see the following bytes.
      const piece = new Uint8Array(bytes.subarray(at, at + (pieces[Math.min(turn, pieces.length - 1)] ?? 1)));
      at += piece.length;
      for (const _ of feedPiece(stream, piece, current)) close();
      piece.fill(0x78);
    }
    for (const _ of feedEnd(stream, current)) close();
  } catch (caught) {
    error = caught;
  }
  close();
  const rows = bodies.flatMap((each): Row[] => JSON.parse(each));
  return { bodies, rows, counts: stream.counts, stubs: stream.stubs, error };
}

/** A log file of these records. */
export function logOf(...records: readonly (string | object)[]): string {
  return `{"Records":[${records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join(',')}]}`;
}

/** The only row of a log file with one record. */
export function rowOf(record: string | object, options: MappingOptions = {}): Row {
  const { rows, error } = map(logOf(record), options);
  const [row] = rows;
  if (error !== undefined || row === undefined || rows.length !== 1)
    throw new Error(`${rows.length} rows`, { cause: error });
  return row;
}
