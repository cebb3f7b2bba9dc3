import { isUtf8 } from 'node:buffer';
import { mayHoldSurrogates, withoutLoneSurrogates } from '../../json/surrogates.ts';
import { appendRow, type RowBody } from '../body.ts';
import { Dropped, noneDropped } from '../dropped.ts';
import type {
  EngineCounts,
  EngineOptions,
  FeedResult,
  JudgeRecord,
  ObjectContext,
  OpenRowStream,
  RowStream,
  StubNote,
} from '../engine.ts';
import { mostStubs, type RecordLimits, recordLimits } from '../limits.ts';
import type { Collected } from './collector.ts';
import { LogFileScanner } from './scanner.ts';
import { noRemarks, type RowRemarks, RowWriter, timeAt } from './writer.ts';

const windowBytes = 256 * 1024;

/** The row engine over bytes in plain JavaScript: the reference for every other. */
export function openByteRowStream({ judge, anchors: _, ...bounds }: EngineOptions = {}): OpenRowStream {
  const limits = recordLimits(bounds);
  return (context) => new ByteRowStream(context, limits, judge);
}

export class ByteRowStream implements RowStream {
  readonly stubs: StubNote[] = [];
  /** False while what comes is known to be kept. */
  isJudging = true;
  readonly #scanner: LogFileScanner;
  readonly #context: ObjectContext;
  readonly #columnBytesCap: number;
  #madeWriter: RowWriter | undefined;
  readonly #judge: JudgeRecord | undefined;
  /** A copy of the bytes being scanned, with a zero behind them: the hot loops see one kind of array and never its end. */
  #window = new Uint8Array(0);
  /** Bytes of the piece that are not in the window yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #rows = 0;
  #rowBytes = 0;
  #stubs = 0;
  /** The row of the gathered records is written, or about to be. */
  #isGathered = false;
  readonly #dropped = new Dropped();
  #truncated = 0;
  #repaired = 0;
  /** The piece last fed, until it is known to be valid UTF-8 without an escape that is half a character, or not to be. */
  #unjudged: Uint8Array | undefined;
  #isPlain = true;
  /** The record on the scanner's tape has no row yet. */
  #isPending = false;
  #isRepaired = false;
  #remarks: RowRemarks = noRemarks;

  constructor(context: ObjectContext, limits: RecordLimits, judge: JudgeRecord | undefined) {
    this.#scanner = new LogFileScanner(limits);
    this.#context = context;
    this.#columnBytesCap = limits.columnBytesCap;
    this.#judge = judge;
  }

  get counts(): EngineCounts {
    return this.countsWith(0, 0, noneDropped);
  }

  /** With those of records that were read elsewhere. */
  countsWith(rows: number, rowBytes: number, elsewhere: Dropped): EngineCounts {
    const { records, gathered } = this.#scanner;
    const dropped = this.#dropped.count + elsewhere.count;
    return {
      records: rows + elsewhere.count + records - Math.max(0, gathered - 1),
      rows: rows + this.#rows,
      rowBytes: rowBytes + this.#rowBytes,
      dropped,
      droppedBy: this.#dropped.with(elsewhere),
      stubs: this.#stubs + gathered,
      gathered,
      trailingBytes: this.#scanner.trailingBytes,
      truncated: this.#truncated,
      repaired: this.#repaired,
    };
  }

  feed(piece: Uint8Array, body: RowBody): FeedResult {
    this.#rest = piece;
    this.#unjudged = piece;
    return this.resume(body);
  }

  resume(body: RowBody): FeedResult {
    for (;;) {
      if (!this.#isPending) {
        const found = this.#scanner.next();
        if (found !== undefined) this.#take(found);
        else if (this.#rest.length > 0) this.#feedWindow();
        else return 'fed';
        continue;
      }
      if (!this.#append(body)) return 'body-full';
      this.#isPending = false;
    }
  }

  end(body: RowBody): FeedResult {
    this.#scanner.end();
    if (this.#scanner.gathered > 0 && !this.#isGathered) this.#prepareGathered();
    return this.resume(body);
  }

  /** Where the bytes read so far end: outside of any array of records, just behind its opening bracket, or inside. */
  get place(): 'outside' | 'before-records' | 'inside-records' {
    return this.#scanner.place;
  }

  /**
   * The next piece begins inside `Records`, at this offset of the object, between two records; so many records of the
   * object were read elsewhere.
   */
  enterRecords(offset: number, isFirst: boolean, recordsElsewhere: number): void {
    this.#scanner.enterRecords(offset, isFirst, recordsElsewhere);
  }

  #feedWindow(): void {
    const length = Math.min(this.#rest.length, windowBytes);
    if (this.#window.length <= length) this.#window = new Uint8Array(length + 1);
    this.#window.set(this.#rest.subarray(0, length));
    this.#window[length] = 0;
    this.#rest = this.#rest.subarray(length);
    this.#scanner.feed(this.#window, length);
  }

  #take(found: 'tape' | Collected): void {
    const selector = this.#judge === undefined || !this.isJudging ? 0 : this.#judged(found, this.#judge);
    if (selector > 0) this.#dropped.add(selector);
    else this.#prepare(found);
  }

  #judged(found: 'tape' | Collected, judge: JudgeRecord): number {
    if (found === 'tape') return judge(this.#recordOnTape());
    return found.kind === 'record' ? judge(found.bytes) : 0;
  }

  /** Judged when a record is found in it: most pieces hold none that is read here. */
  #pieceIsPlain(): boolean {
    const piece = this.#unjudged;
    if (piece !== undefined) {
      this.#isPlain = isUtf8(piece) && !mayHoldSurrogates(piece);
      this.#unjudged = undefined;
    }
    return this.#isPlain;
  }

  #recordOnTape(): Uint8Array {
    const { tape, recordBytes } = this.#scanner;
    return tape.bytes.subarray(tape.start, tape.start + recordBytes);
  }

  /** Makes the tape hold a record of valid UTF-8, whatever was found. */
  #prepare(found: 'tape' | Collected): void {
    this.#isPending = true;
    this.#isRepaired = false;
    this.#remarks = noRemarks;
    if (found === 'tape') {
      if (!this.#pieceIsPlain()) this.#repair(this.#recordOnTape());
    } else if (found.kind === 'record') {
      this.#read(found.bytes);
    } else if (found.kind === 'stub') {
      this.stubs.push({ offset: this.#scanner.recordOffset, reason: found.reason });
      this.#stubs++;
      this.#scanner.gathers = this.#stubs >= mostStubs;
      this.#remarks = this.#repairNotes(stubRemarks(found));
      this.#read(found.skim.isObject ? found.skim.reduced : emptyRecord);
    }
  }

  /** One row for all stubs beyond the first hundred. */
  #prepareGathered(): void {
    const { gathered, firstGathered, lastGathered } = this.#scanner;
    this.stubs.push({ offset: firstGathered, reason: 'further-records', records: gathered });
    const notes = `"_stub":"further-records","_records":${gathered},"_firstOffset":${firstGathered},"_lastOffset":${lastGathered}`;
    this.#isGathered = true;
    this.#isPending = true;
    this.#isRepaired = false;
    this.#remarks = { notes: Buffer.from(notes), shortened: [] };
    this.#read(emptyRecord);
  }

  #read(record: Uint8Array): void {
    if (!this.#repair(record)) this.#readValid(record);
  }

  #repair(record: Uint8Array): boolean {
    const repaired = repair(record);
    if (repaired === record) return false;
    this.#isRepaired = true;
    this.#readValid(repaired);
    return true;
  }

  #repairNotes(remarks: RowRemarks): RowRemarks {
    const notes = repair(remarks.notes);
    if (notes === remarks.notes) return remarks;
    this.#isRepaired = true;
    return { ...remarks, notes };
  }

  #readValid(record: Uint8Array): void {
    this.#scanner.recordBytes = record.length;
    if (this.#scanner.tape.read(record, 0) < 0) throw new RangeError('a record that was valid is not valid any more');
  }

  /** Made when it is needed: of most log files this engine reads the framing only. */
  get #writer(): RowWriter {
    this.#madeWriter ??= new RowWriter(this.#context, this.#columnBytesCap);
    return this.#madeWriter;
  }

  /** False when the body has no room; nothing was written then. */
  #append(body: RowBody): boolean {
    const before = body.length;
    const isAppended = this.#appendRow(body);
    this.#rowBytes += body.length - before;
    return isAppended;
  }

  #appendRow(body: RowBody): boolean {
    const tape = this.#scanner.tape;
    const remarks = this.#remarks;
    const mostBytes = this.#writer.mostBytes(this.#scanner.recordBytes, remarks);
    const isRegular = this.#writer.isRegular(tape, remarks);
    if (isRegular && body.length + mostBytes <= Math.min(body.limit, body.bytes.length)) {
      const timeStart = body.length + timeAt;
      body.length = this.#writer.write(tape, remarks, body.bytes, body.length);
      body.marks.set(body.rows, body.length, this.#writer.idStart, this.#writer.idEnd, timeStart);
      body.rows++;
      this.#count(false);
      return true;
    }
    const roomWhenEmpty = body.limit - 1;
    let row = isRegular ? this.#writer.writeApart(tape, remarks, mostBytes) : undefined;
    if (row === undefined || row.bytes.length > roomWhenEmpty) {
      row = this.#writer.writeShortened(tape, remarks, roomWhenEmpty);
    }
    if (!appendRow(body, row.bytes, { ...row, timeStart: timeAt })) return false;
    this.#count(row.isShortened);
    return true;
  }

  #count(isShortened: boolean): void {
    this.#rows++;
    if (isShortened) this.#truncated++;
    if (this.#isRepaired) this.#repaired++;
  }
}

/** Invalid UTF-8 and halves of characters become U+FFFD; the very bytes when there are none. */
function repair(json: Uint8Array): Uint8Array {
  const valid = isUtf8(json) ? json : Buffer.from(new TextDecoder().decode(json));
  return withoutLoneSurrogates(valid);
}

const emptyRecord = Buffer.from('{}');

/** What the row of a stub says about itself: why it is one, what was lost, and the value of an element that is no object. */
function stubRemarks({ reason, skim }: Collected & { kind: 'stub' }): RowRemarks {
  const notes: Uint8Array[] = [Buffer.from(`"_stub":"${reason}"`)];
  if (skim.lostMembers > 0) notes.push(Buffer.from(`,"_lostMembers":${skim.lostMembers}`));
  if (!skim.isObject) notes.push(Buffer.from(',"_record":'), skim.reduced);
  return { notes: Buffer.concat(notes), shortened: [...skim.shortened] };
}
