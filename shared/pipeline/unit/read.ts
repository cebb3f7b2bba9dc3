import type { OpenRowStream, StubNote } from '../../cloudtrail/rows/engine.ts';
import type { GzipOddity } from '../../gzip/gunzip.ts';
import { RowRanges } from '../../kit/ranges.ts';
import type { Admission } from '../../kit/semaphore.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { Oddity } from '../../words/events.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import { retrying } from '../limits/retryPolicy.ts';
import type { Lease } from '../ports/lease.ts';
import type { ContentIdentity, Unit, UnitContent } from '../ports/unit.ts';
import { skipRows } from '../rows/skipRows.ts';
import type { Packer } from '../upload/packer.ts';
import { isSameContent, isSurelySameContent, WatchedContent } from './contentIdentity.ts';
import { odditiesOf } from './oddities.ts';
import { piecesOf } from './pieces.ts';
import type { Reading } from './reading.ts';

export interface ReadParts {
  readonly packer: Pick<Packer, 'admit' | 'end' | 'write'>;
  readonly openRows: OpenRowStream;
  readonly settings: Pick<DrainSettings, 'batchBytes' | 'decompressedBytesCap' | 'expansionAlarm' | 'selectors'>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told when content could be opened. */
  readonly opened: () => void;
  /** Told of each request that could not. */
  readonly notOpened: (error: unknown) => void;
}

export type ReadAnswer =
  | {
      readonly kind: 'read';
      readonly identity: ContentIdentity;
      readonly stubs: readonly StubNote[];
      readonly oddities: readonly Oddity[];
    }
  /** The content is that accepted before, by its version or, rewritten, by its bytes; nothing of it was scanned. */
  | { readonly kind: 'same'; readonly isRewritten: boolean };

/** What is read, and what is known of it from before. */
export interface UnitToRead {
  readonly unit: Unit;
  readonly lease: Pick<Lease, 'accepted' | 'progress'>;
  readonly reading: Reading;
  /** Its share of what may be read at once: what is opened may be larger than was announced. */
  readonly admission: Pick<Admission, 'resize' | 'wait'>;
}

/** Brings all rows of one unit into bodies; a broken download goes on after the rows that are written. */
export function readUnit(toRead: UnitToRead, parts: ReadParts, signal: AbortSignal): Promise<ReadAnswer> {
  return retrying('read', () => readOnce(toRead, parts, signal), parts, signal);
}

/** The content, wherever it is found. The first place is the likelier one: its failure is told, unless a later one says more than "missing". */
export async function openUnit(unit: Pick<Unit, 'open' | 'places'>, signal: AbortSignal): Promise<UnitContent> {
  let missing: unknown;
  for (let place = 0; place < unit.places; place++) {
    try {
      return await unit.open(place, signal);
    } catch (error) {
      if (!isMissing(error)) throw error;
      missing ??= error;
    }
  }
  throw missing;
}

/** Denied counts as missing: without s3:ListBucket AWS answers both alike. */
function isMissing(error: unknown): boolean {
  return error instanceof ConnectorError && (error.code === 'object-not-found' || error.code === 'object-denied');
}

async function readOnce(toRead: UnitToRead, parts: ReadParts, signal: AbortSignal): Promise<ReadAnswer> {
  signal.throwIfAborted();
  const { lease, reading, unit } = toRead;
  const content = await openTold(unit, parts, signal);
  try {
    const { sizeBytes } = content;
    if (sizeBytes !== undefined && !toRead.admission.resize(sizeBytes)) {
      // Others are at it that came before: an answer that waits for them would be cut by its sender.
      content.close();
      await toRead.admission.wait(sizeBytes, signal);
      return await readOnce(toRead, parts, signal);
    }
    // Its rows cannot be put together with those of another content; whoever receives the delivery next begins anew.
    if (reading.rows.written > 0 && reading.etag !== content.etag) throw changedWhileRead(unit);
    reading.etag = content.etag;
    if (lease.accepted !== undefined && isSameContent(lease.accepted.identity, content.etag)) {
      return { kind: 'same', isRewritten: false };
    }
    const { progress } = lease;
    const goesOn =
      progress !== undefined &&
      progress.selectors === reading.selectors &&
      isSurelySameContent(progress.identity, content.etag);
    reading.before = goesOn ? progress.accepted : new RowRanges();
    return await scan(content, toRead, parts, signal);
  } finally {
    content.close();
  }
}

async function openTold(unit: Unit, { notOpened, opened }: ReadParts, signal: AbortSignal): Promise<UnitContent> {
  try {
    const content = await openUnit(unit, signal);
    opened();
    return content;
  } catch (error) {
    if (!signal.aborted) notOpened(error);
    throw error;
  }
}

function changedWhileRead({ title, at }: Unit): ConnectorError {
  return new ConnectorError('object-replaced', `${title} was replaced while it was read`, { at });
}

async function scan(
  content: UnitContent,
  { lease, reading }: UnitToRead,
  { clock, openRows, packer, settings }: ReadParts,
  signal: AbortSignal,
): Promise<ReadAnswer> {
  const { sourceObject, deliveredAt } = content.found;
  const fallbackTime = deliveredAt ?? new Date(clock.now()).toISOString();
  const { rows } = reading;
  const done = reading.before.filledWith(RowRanges.first(rows.written));
  const stream = skipRows(openRows({ sourceObject, fallbackTime }), done, settings.batchBytes);
  const watched = new WatchedContent(content.chunks, content.etag);
  const known = lease.accepted?.identity;
  let contentBytes = 0;
  let isKnown = false;
  const gzipOddities = new Set<GzipOddity>();
  const options = {
    onOddity: (oddity: GzipOddity) => void gzipOddities.add(oddity),
    capBytes: settings.decompressedBytesCap,
    admit: (bytes: number) => packer.admit(bytes, signal),
    isWanted: (whole: Uint8Array) => {
      // Once rows of this reading are on their way, only their acceptance makes the unit complete.
      isKnown = known !== undefined && rows.written === 0 && watched.isKnown(known);
      if (isKnown) reading.bytesInflated += whole.length;
      return !isKnown;
    },
  };
  reading.begin(stream, done);
  try {
    for await (const piece of piecesOf(content, watched.chunks(), options)) {
      signal.throwIfAborted();
      contentBytes += piece.length;
      reading.bytesInflated += piece.length;
      await packer.write(piece, stream, rows, signal);
    }
    if (isKnown) return { kind: 'same', isRewritten: true };
    await packer.end(stream, rows, signal);
    reading.complete(stream);
    const oddities = odditiesOf(gzipOddities, stream.counts, watched.bytes, settings.expansionAlarm);
    return { kind: 'read', identity: watched.identity(contentBytes), stubs: stream.stubs, oddities };
  } finally {
    reading.bytesRead += watched.bytes;
    reading.end();
  }
}
