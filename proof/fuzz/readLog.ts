import { closedBody, openBody, type RowBody, rowAt } from '../../shared/cloudtrail/rows/body.ts';
import type { EngineCounts, OpenRowStream, StubNote } from '../../shared/cloudtrail/rows/engine.ts';
import { eventSeconds } from '../../shared/cloudtrail/rows/eventSeconds.ts';
import { feedEnd, feedPiece } from '../../shared/cloudtrail/rows/feed.ts';
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
  /** Each row by itself, as the engine says where it lies. */
  readonly rows: readonly string[];
  /** Of each row the text of its event ID, as the engine says where it lies; empty when it has none. */
  readonly eventIds: readonly string[];
  /** The same for the text of its time. */
  readonly times: readonly string[];
  /** And when that is, in seconds since the epoch. */
  readonly seconds: readonly number[];
}

/** Feeds a case to an engine, as the pipeline does, and keeps every body. */
export function readLog(open: OpenRowStream, { log, pieces, limit }: FuzzCase): Reading {
  const stream = open(context);
  const bodies: ClosedBody[] = [];
  let body = openBody(limit, bodyBytes);
  const current = () => body;
  const close = () => {
    if (body.rows > 0) bodies.push(closed(body));
    body = openBody(limit, bodyBytes);
  };
  let error: unknown;
  try {
    for (let at = 0, turn = 0; at < log.length; turn++) {
      // A copy of exactly this length: what lies behind a piece is not the engine's.
      const piece = Uint8Array.from(log.subarray(at, at + (pieces[Math.min(turn, pieces.length - 1)] ?? 1)));
      at += piece.length;
      for (const _ of feedPiece(stream, piece, current)) {
        if (body.rows === 0) throw new RangeError('an empty body is full');
        close();
      }
      // The engine may not look at it again.
      piece.fill(0x78);
    }
    for (const _ of feedEnd(stream, current)) close();
  } catch (caught) {
    error = caught;
  }
  close();
  return { bodies, counts: stream.counts, stubs: stream.stubs, error };
}

/** One for all: a body is kept as text when it is closed. */
const bodyBytes = Buffer.alloc(1_000_000);

function closed(body: RowBody): ClosedBody {
  const rows = Array.from({ length: body.rows }, (_, row) => Buffer.from(rowAt(body, row)).toString().slice(0, -1));
  const eventIds = Array.from({ length: body.rows }, (_, row) =>
    Buffer.from(body.bytes.subarray(body.marks.idStart(row), body.marks.idEnd(row))).toString(),
  );
  const times = Array.from({ length: body.rows }, (_, row) => {
    const from = body.marks.timeStart(row);
    return Buffer.from(body.bytes.subarray(from, body.bytes.indexOf(0x22, from))).toString();
  });
  const seconds = [...eventSeconds(body)];
  return { text: Buffer.from(closedBody(body)).toString(), bytes: body.length, rows, eventIds, times, seconds };
}
