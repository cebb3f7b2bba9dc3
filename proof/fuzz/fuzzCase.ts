/** Bounds a case is read under: those of the product, or small ones that small records reach. */
export const caseBounds = {
  usual: {},
  tight: { columnBytesCap: 400, recordBytesCap: 1500, depthCap: 8 },
} as const;

/** One input of the row engines, and the way it reaches them. */
export interface FuzzCase {
  readonly log: Uint8Array;
  /** Lengths of the pieces, one after another, the last again and again. */
  readonly pieces: readonly number[];
  /** Bytes a request body may have. */
  readonly limit: number;
  readonly bounds: keyof typeof caseBounds;
  /** Whether every record is kept, or those of an even length. */
  readonly keeps?: 'even' | undefined;
}

export function dropOdd(record: Uint8Array): number {
  return record.length % 2 === 0 ? 0 : 1 + (record.length % 3);
}

/** A case as a small text file: the log file's bytes as characters of the same number, so that most stay readable. */
export function encodeCase({ log, pieces, limit, bounds, keeps }: FuzzCase, problem: string): string {
  const file: CaseFile = {
    problem,
    pieces: pieces.join(' '),
    limit,
    bounds,
    keeps,
    log: Buffer.from(log).toString('latin1'),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

export function decodeCase(text: string): FuzzCase {
  const { log, pieces, limit, bounds, keeps } = JSON.parse(text) as CaseFile;
  return { log: Buffer.from(log, 'latin1'), pieces: pieces.split(' ').map(Number), limit, bounds, keeps };
}

interface CaseFile extends Pick<FuzzCase, 'limit' | 'bounds' | 'keeps'> {
  readonly problem: string;
  readonly pieces: string;
  readonly log: string;
}
