import type { RowBody } from './body.ts';
import type { RecordLimits } from './limits.ts';

/** What the rows of one object have in common. */
export interface ObjectContext {
  /** The text for the column `SourceObject`, about 30 bytes. */
  readonly sourceObject: string;
  /** ISO time for records without a usable `eventTime`: the delivery time in the key, else the current time. */
  readonly fallbackTime: string;
}

/** Counts of one object since it was begun. Once the stream ended, `records` = `rows` + `dropped` (checked by the caller, not assumed). */
export interface EngineCounts {
  /** Records framed by the scanner; those that share one row count as one. */
  readonly records: number;
  /** Rows written into bodies: one for every record that was kept. */
  readonly rows: number;
  /** Their bytes, commas included. */
  readonly rowBytes: number;
  /** Records that `JudgeRecord` named a selector for: they have no row. */
  readonly dropped: number;
  /** Of these, how many each selector dropped: by its number, less one; shorter where the last ones dropped none. */
  readonly droppedBy: readonly number[];
  /** Records that could not be understood whole. */
  readonly stubs: number;
  /** Of these, the ones that share one row: all beyond the first hundred of an object. */
  readonly gathered: number;
  /** Bytes behind the last complete document that are no other one; blanks before them left out. */
  readonly trailingBytes: number;
  /** Rows with a shortened column. */
  readonly truncated: number;
  /** Rows in which invalid UTF-8 became U+FFFD. */
  readonly repaired: number;
}

/** A record that became a stub: kept in a failed entry, although its row counts as accepted. */
export interface StubNote {
  /** Byte offset of the record in the decompressed object. */
  readonly offset: number;
  readonly reason: 'record-too-large' | 'record-too-deep' | 'record-not-an-object' | 'further-records';
  /** Of `further-records`: how many share one row, the first of them at `offset`. */
  readonly records?: number;
}

export type FeedResult =
  /** All bytes taken; feed more or end. */
  | 'fed'
  /** The next row does not fit: close this body and call `resume` with another. */
  | 'body-full';

/**
 * The narrow gate to the hot path: decompressed bytes in, rows into a body. One stream per object; synchronous, no I/O.
 * Both implementations (bytes in JavaScript, WebAssembly) stand behind it.
 */
export interface RowStream {
  /** Takes the next decompressed bytes. The piece may be reused by the caller once 'fed' was returned. Throws ConnectorError on broken framing. */
  feed(piece: Uint8Array, body: RowBody): FeedResult;
  /** Goes on with what the last body had no room for. */
  resume(body: RowBody): FeedResult;
  /** No more bytes; 'fed' when all rows are written. Throws ConnectorError when the JSON is unfinished, empty, or has no `Records`. */
  end(body: RowBody): FeedResult;
  readonly counts: EngineCounts;
  readonly stubs: readonly StubNote[];
}

/**
 * 0 for a record that becomes a row, else the number, from 1 on, of the selector that drops it: by its bytes as they stand
 * in the log file, which are good until the call returns. To be pure: a record may be asked about twice. Not asked about
 * what becomes a stub: nobody has seen such a record whole.
 */
export type JudgeRecord = (record: Uint8Array) => number;

/**
 * For each selector that drops: groups of texts. Who knows them need not ask of a record that lacks every text of one group
 * of each selector, and spells no character of theirs in another way (`\u0061`, `\/`): it is kept. Without any, every record is asked about.
 */
export type Anchors = readonly (readonly (readonly Uint8Array[])[])[];

/** What an engine is opened with. */
export interface EngineOptions extends Partial<RecordLimits> {
  /** Every record is kept when left out. */
  readonly judge?: JudgeRecord | undefined;
  /** Of `judge`; they change its cost and nothing else. */
  readonly anchors?: Anchors | undefined;
}

/** Makes the stream of one object. */
export type OpenRowStream = (context: ObjectContext) => RowStream;
