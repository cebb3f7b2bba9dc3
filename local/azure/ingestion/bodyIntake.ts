import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { DeployedStream } from './dataCollectionRules.ts';
import { convertRow } from './rowConversion.ts';
import { type ScannedRow, type ScanResult, scanRows } from './rowScanner.ts';
import { countUp, type IngestionCounters } from './stats.ts';

/** 1 MB a call, "for both compressed and uncompressed data": https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#logs-ingestion-api */
export const bodyLimitBytes = 1_048_576;

export type InflateResult =
  | { readonly kind: 'inflated'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'malformed'; readonly reason: string };

const gunzipAsync = promisify(gunzip);

/** The body as JSON bytes, however it was encoded. */
export async function inflateBody(sent: Buffer, encoding: string | undefined): Promise<InflateResult> {
  if (encoding === undefined || encoding === 'identity') {
    return sent.length > bodyLimitBytes ? { kind: 'too-large' } : { kind: 'inflated', body: sent };
  }
  if (encoding !== 'gzip') return { kind: 'malformed', reason: `content-encoding ${encoding} is not supported` };
  try {
    return {
      kind: 'inflated',
      body: await gunzipAsync(sent, { maxOutputLength: bodyLimitBytes, chunkSize: bodyLimitBytes }),
    };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'too-large' };
    return { kind: 'malformed', reason: `the body is not gzip (${String(code)})` };
  }
}

export interface TakenBody {
  readonly result: ScanResult;
  /** Lines to append, when asked for. */
  readonly lines: readonly Uint8Array[];
  /** Adds what the rows showed to the statistics: to be called once they are accepted. */
  countInto(counters: IngestionCounters): void;
}

/**
 * Reads a body as the service does. To keep rows costs no copy where they may stay as sent: the commas between
 * them become line breaks in place, so the body belongs to the intake from here on.
 */
export function takeBody(
  body: Buffer,
  { columns, transform }: DeployedStream,
  receivedAt: number,
  keep: boolean,
): TakenBody {
  const pieces: Piece[] = [];
  const converted: ReturnType<typeof convertRow>[] = [];
  const names = new Map<string, number>();
  let timesReplaced = 0;
  const receivedTime = Buffer.from(JSON.stringify(new Date(receivedAt).toISOString()));

  const visit = (row: ScannedRow): void => {
    if (row.nameStart >= 0) {
      const name = body.toString('utf8', row.nameStart, row.nameEnd);
      names.set(name, (names.get(name) ?? 0) + 1);
    }
    if (row.fate === 'convert') {
      const result = convertRow(body, row.start, columns, receivedAt, transform);
      converted.push(result);
      if (result.timeReplaced) timesReplaced++;
      if (keep) pieces.push({ line: Buffer.from(`${result.text}\n`) });
    } else if (row.fate === 'replace-time') {
      timesReplaced++;
      if (keep) pieces.push({ line: replaceTime(body, row, receivedTime) });
    } else if (keep) {
      pieces.push({ start: row.start, end: row.end });
    }
  };

  const result = scanRows(body, columns, receivedAt, visit, transform !== undefined);
  return {
    result,
    lines: keep && result.kind === 'rows' ? joinPieces(body, pieces) : [],
    countInto(counters) {
      counters.counters.timesReplaced += timesReplaced;
      for (const [name, rows] of names) counters.eventNames.set(name, (counters.eventNames.get(name) ?? 0) + rows);
      for (const row of converted) {
        for (const name of row.undeclared) countUp(counters.undeclaredColumns, name);
        for (const name of row.lost) countUp(counters.lostValues, name);
        for (const name of row.truncated) countUp(counters.truncatedValues, name);
      }
    },
  };
}

/** A row as sent, or a line of its own. */
type Piece = { readonly start: number; readonly end: number } | { readonly line: Buffer };

function replaceTime(body: Buffer, row: ScannedRow, time: Buffer): Buffer {
  const line = Buffer.concat([body.subarray(row.start, row.timeStart), time, body.subarray(row.timeEnd, row.end + 1)]);
  line[line.length - 1] = lineBreak;
  return line;
}

const lineBreak = 10;

/** Neighbouring rows as sent become one slice of the body. */
function joinPieces(body: Buffer, pieces: readonly Piece[]): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let runStart = -1;
  let runEnd = -1;
  const endRun = () => {
    if (runStart >= 0) lines.push(body.subarray(runStart, runEnd));
    runStart = -1;
  };
  for (const piece of pieces) {
    if ('line' in piece) {
      endRun();
      lines.push(piece.line);
      continue;
    }
    // The byte behind a row is a comma, the closing bracket, or space: none of them is needed any more.
    body[piece.end] = lineBreak;
    if (piece.start !== runEnd) endRun();
    if (runStart < 0) runStart = piece.start;
    runEnd = piece.end + 1;
  }
  endRun();
  return lines;
}
