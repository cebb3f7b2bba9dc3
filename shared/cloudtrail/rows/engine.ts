/** What the rows of one object have in common. */
export interface ObjectContext {
  /** The text for the column `SourceObject`, about 30 bytes. */
  readonly sourceObject: string;
  /** ISO time for records without a usable `eventTime`: the delivery time in the key, else the current time. */
  readonly fallbackTime: string;
}

/**
 * An open request body: `[row,row,…`. The engine appends rows and moves `length`; whoever closes the body replaces the
 * last comma by `]`. A row never lies across two bodies.
 */
export interface RowBody {
  readonly bytes: Uint8Array;
  /** Bytes in use: 1 (the opening bracket) when empty. */
  length: number;
  rows: number;
  /** The closed body may not be longer than this many bytes. */
  readonly limit: number;
}

/** Counts of one object since it was begun. `records` = rows written: every record becomes exactly one row. */
export interface EngineCounts {
  /** Records framed by the scanner. */
  readonly records: number;
  /** Rows written into bodies; equals `records` once the stream ended (checked by the caller, not assumed). */
  readonly rows: number;
  /** Rows of records that could not be understood whole. */
  readonly stubs: number;
  /** Rows with a shortened column. */
  readonly truncated: number;
  /** Rows in which invalid UTF-8 became U+FFFD. */
  readonly repaired: number;
}

/** A record that became a stub: kept in a failed entry, although its row counts as accepted. */
export interface StubNote {
  /** Byte offset of the record in the decompressed object. */
  readonly offset: number;
  readonly reason: 'record-too-large' | 'record-too-deep' | 'record-not-an-object';
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
  /** Goes on with the piece that the last body had no room for. */
  resume(body: RowBody): FeedResult;
  /** No more bytes: throws ConnectorError when the JSON is unfinished, empty, or has no `Records`. */
  end(): void;
  readonly counts: EngineCounts;
  readonly stubs: readonly StubNote[];
}

/** Makes the stream of one object. */
export type OpenRowStream = (context: ObjectContext) => RowStream;
