import type { EngineCounts, OpenRowStream, RowBody, StubNote } from '../../shared/cloudtrail/rows/engine.ts';
import type { FuzzCase } from './fuzzCase.ts';

export const context = { sourceObject: '20261101T0005Z_Ab3dE6gH8jK0lMn2', fallbackTime: '2026-11-01T00:05:00Z' };

/** What an engine made of a log file. */
export interface Reading {
  readonly bodies: readonly ClosedBody[];
  readonly counts: EngineCounts;
  readonly stubs: readonly StubNote[];
  /** What ended the reading early. */
  readonly error: unknown;
}

export interface ClosedBody {
  readonly text: string;
  readonly bytes: number;
  readonly rows: number;
}

/** Feeds a case to an engine, as the pipeline does, and keeps every body. */
export function readLog(open: OpenRowStream, { log, pieces, limit }: FuzzCase): Reading {
  const stream = open(context);
  const bodies: ClosedBody[] = [];
  let body = emptyBody(limit);
  const close = () => {
    if (body.rows > 0) bodies.push(closed(body));
    body = emptyBody(limit);
  };
  let error: unknown;
  try {
    for (let at = 0, turn = 0; at < log.length; turn++) {
      // A copy of exactly this length: what lies behind a piece is not the engine's.
      const piece = Uint8Array.from(log.subarray(at, at + (pieces[Math.min(turn, pieces.length - 1)] ?? 1)));
      at += piece.length;
      let result = stream.feed(piece, body);
      while (result === 'body-full') {
        if (body.rows === 0) throw new RangeError('an empty body is full');
        close();
        result = stream.resume(body);
      }
      // The engine may not look at it again.
      piece.fill(0x78);
    }
    stream.end();
  } catch (caught) {
    error = caught;
  }
  close();
  return { bodies, counts: stream.counts, stubs: stream.stubs, error };
}

/** One for all: a body is kept as text when it is closed. */
const bodyBytes = Buffer.alloc(1_000_000);

function emptyBody(limit: number): RowBody {
  const bytes = bodyBytes.subarray(0, limit);
  bytes[0] = 0x5b;
  return { bytes, length: 1, rows: 0, limit };
}

function closed({ bytes, length, rows }: RowBody): ClosedBody {
  return { text: `${Buffer.from(bytes.subarray(0, length - 1))}]`, bytes: length, rows };
}
