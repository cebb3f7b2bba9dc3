import { ConnectorError } from '../../../words/errors.ts';
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  isBlank,
  openBrace,
  openBracket,
  quote,
  valueEnd,
} from '../../json/bytes.ts';
import { stringOf } from '../../json/text.ts';
import { JsonTokens } from '../../json/tokens.ts';
import type { RecordLimits } from '../limits.ts';
import { type Collected, RecordCollector } from './collector.ts';
import { RecordTape } from './tape.ts';

/** Longer keys are not `Records`, however it is escaped. */
const keyBytesCap = 64;

const byteOrderMark = [0xef, 0xbb, 0xbf];

/** What may come next outside of records. */
type State =
  | 'document'
  | 'key-or-close'
  | 'key'
  | 'inside-key'
  | 'colon'
  | 'value'
  | 'inside-value'
  | 'after-member'
  | 'element-or-close'
  | 'element'
  | 'inside-element'
  | 'after-element'
  | 'behind';

/**
 * Finds the records of a log file, `{"Records":[…]}`, in decompressed bytes that come in pieces of any size. Keys beside
 * `Records` are read over, wherever they stand; several arrays of records, and several documents one after another (as
 * concatenated gzip members can hold), all count, so that none is lost. Everything is checked to be valid JSON.
 */
export class LogFileScanner {
  /** Where the record last found starts in the decompressed object. */
  recordOffset = 0;
  /** Its length, or that of what is kept of it. */
  recordBytes = 0;
  /** Records found so far. */
  records = 0;
  /** From now on nothing is kept of what is no ordinary record: it is only counted. */
  gathers = false;
  /** How many those were, and where the first and the last of them started. */
  gathered = 0;
  firstGathered = 0;
  lastGathered = 0;
  readonly #limits: RecordLimits;
  // Made when first wanted: where another engine reads the records, they never are.
  #madeTape: RecordTape | undefined;
  #madeCollector: RecordCollector | undefined;
  readonly #tokens = new JsonTokens();
  readonly #nesting = new Uint8Array(64);
  readonly #key = new Uint8Array(keyBytesCap);
  #keyLength = 0;
  #state: State = 'document';
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  /** Offset of the piece's first byte in the decompressed object. */
  #base = 0;
  #markBytes = 0;
  #recordsElsewhere = 0;
  #isRecordsKey = false;
  #hasRecords = false;
  /** Whole ones, and where the present one starts. */
  #documents = 0;
  #documentAt = 0;
  #isBlank = true;

  constructor(limits: RecordLimits) {
    this.#limits = limits;
  }

  /** The record last found, when it is an ordinary one. */
  get tape(): RecordTape {
    this.#madeTape ??= new RecordTape(this.#limits.depthCap);
    return this.#madeTape;
  }

  get #collector(): RecordCollector {
    this.#madeCollector ??= new RecordCollector(this.#limits);
    return this.#madeCollector;
  }

  /**
   * The next bytes, `piece` up to `end`; the last ones must have been scanned. With a zero byte behind `end` nothing is
   * read past the piece, which is a quarter faster.
   */
  feed(piece: Uint8Array, end: number = piece.length): void {
    this.#base += this.#end;
    this.#end = end;
    this.#piece = piece;
    this.#at = 0;
  }

  /** Where the bytes read so far end: outside of any array of records, just behind its opening bracket, or inside. */
  get place(): 'outside' | 'before-records' | 'inside-records' {
    switch (this.#state) {
      case 'element-or-close':
        return 'before-records';
      case 'element':
      case 'inside-element':
      case 'after-element':
        return 'inside-records';
      default:
        return 'outside';
    }
  }

  /**
   * The next piece begins inside `Records`, at this offset of the object, between two records; so many records of the
   * object were read elsewhere.
   */
  enterRecords(offset: number, isFirst: boolean, recordsElsewhere: number): void {
    this.#recordsElsewhere = recordsElsewhere;
    this.#base = offset;
    this.#end = 0;
    this.#at = 0;
    this.#isBlank = false;
    this.#hasRecords = true;
    this.#state = isFirst ? 'element-or-close' : 'after-element';
  }

  /**
   * Goes on to the next record: 'tape' when it lies in `tape`, with what was collected when it did not lie in one
   * piece, undefined when the piece is at its end. @throws ConnectorError on anything that is not a log file.
   */
  next(): 'tape' | Collected | undefined {
    try {
      return this.#next();
    } catch (failure) {
      if (!(failure instanceof ConnectorError) || !this.#isBehindRecords) throw failure;
      this.#state = 'behind';
      this.#at = this.#end;
      return undefined;
    }
  }

  /** Bytes behind complete documents that are no other one: told, and no reason to refuse a file whose records are all there. */
  get trailingBytes(): number {
    return this.#state === 'behind' ? this.#base + this.#end - this.#documentAt : 0;
  }

  /** Nothing of the present document is a record, and one before it was whole. */
  get #isBehindRecords(): boolean {
    return this.#documents > 0 && !this.#hasRecords;
  }

  #next(): 'tape' | Collected | undefined {
    const piece = this.#piece;
    while (this.#at < this.#end) {
      switch (this.#state) {
        case 'element-or-close':
        case 'element':
        case 'after-element':
          if (this.#scanElement(piece)) return 'tape';
          break;
        case 'inside-element': {
          const collected = this.#collect(piece);
          if (collected !== undefined) return collected;
          break;
        }
        case 'inside-key':
        case 'inside-value':
          this.#readOver(piece);
          break;
        case 'behind':
          this.#at = this.#end;
          break;
        default:
          this.#scanOutside(piece);
      }
    }
    return undefined;
  }

  /** @throws ConnectorError when the object was empty or ended too early. */
  end(): void {
    const at = { offset: this.#base + this.#end };
    if (this.#isBlank) {
      throw new ConnectorError('object-empty', `the log file is empty: ${at.offset} bytes, none of them JSON`, { at });
    }
    if (this.#state === 'behind') return;
    if (this.#state !== 'document' || this.#markBytes % byteOrderMark.length !== 0) {
      if (this.#isBehindRecords) {
        this.#state = 'behind';
        return;
      }
      throw new ConnectorError(
        'json-invalid',
        `the JSON ends too early, at byte offset ${at.offset}${this.#inRecord()}`,
        {
          at,
        },
      );
    }
  }

  /** Between the records of an array: the hot loop. True when a record was read onto the tape. */
  #scanElement(piece: Uint8Array): boolean {
    for (;;) {
      const byte = this.#skipBlanks(piece);
      if (byte === undefined) return false;
      if (this.#state === 'after-element') {
        if (byte !== comma && byte !== closeBracket) this.#fail();
        this.#at++;
        this.#state = byte === comma ? 'element' : 'after-member';
        if (byte === closeBracket) return false;
      } else if (byte === closeBracket && this.#state === 'element-or-close') {
        this.#at++;
        this.#state = 'after-member';
        return false;
      } else {
        return this.#beginElement(piece, byte);
      }
    }
  }

  #beginElement(piece: Uint8Array, byte: number): boolean {
    this.recordOffset = this.#base + this.#at;
    if (byte === openBrace) {
      const end = this.tape.read(piece, this.#at);
      this.recordBytes = end - this.#at;
      if (end >= 0 && this.recordBytes <= this.#limits.recordBytesCap) {
        this.#at = end;
        this.#state = 'after-element';
        this.records++;
        return true;
      }
    }
    if (this.gathers && byte !== openBrace) {
      const end = valueEnd(piece, this.#at, this.#nesting);
      // At the end of a piece a number may go on in the next.
      if (end >= 0 && end < this.#end) {
        this.#at = end;
        this.#state = 'after-element';
        this.#gather();
        return false;
      }
    }
    this.#collector.begin(this.gathers);
    this.#state = 'inside-element';
    return false;
  }

  #collect(piece: Uint8Array): Collected | undefined {
    this.#at = this.#collector.take(piece, this.#at, this.#end);
    const result = this.#collector.result;
    if (result.kind === 'unfinished') return undefined;
    if (result.kind === 'invalid') return this.#fail();
    this.#state = 'after-element';
    if (result.kind === 'discarded') {
      this.#gather();
      return undefined;
    }
    this.records++;
    return result;
  }

  #gather(): void {
    this.records++;
    if (this.gathered++ === 0) this.firstGathered = this.recordOffset;
    this.lastGathered = this.recordOffset;
  }

  #scanOutside(piece: Uint8Array): void {
    if (this.#state === 'document' && this.#takeMark(piece)) return;
    const byte = this.#skipBlanks(piece);
    if (byte === undefined) return;
    switch (this.#state) {
      case 'document':
        if (byte !== openBrace) this.#failAtStart(byte);
        this.#isBlank = false;
        this.#hasRecords = false;
        this.#state = 'key-or-close';
        break;
      case 'key-or-close':
      case 'key':
        if (byte === closeBrace && this.#state === 'key-or-close') {
          this.#closeDocument();
          return;
        }
        if (byte !== quote) this.#fail();
        this.#tokens.reset();
        this.#keyLength = 0;
        this.#state = 'inside-key';
        return;
      case 'colon':
        if (byte !== colon) this.#fail();
        this.#state = 'value';
        break;
      case 'value':
        if (!this.#isRecordsKey || byte !== openBracket) {
          this.#tokens.reset();
          this.#state = 'inside-value';
          return;
        }
        this.#hasRecords = true;
        this.#state = 'element-or-close';
        break;
      default:
        if (byte === closeBrace) {
          this.#closeDocument();
          return;
        }
        if (byte !== comma) this.#fail();
        this.#state = 'key';
    }
    this.#at++;
  }

  /** Keys of the document, and values beside `Records`. */
  #readOver(piece: Uint8Array): void {
    const tokens = this.#tokens;
    while (this.#at < this.#end && !tokens.done) {
      const from = this.#at;
      this.#at = tokens.advance(piece, from, this.#end);
      if (tokens.token === 'invalid') this.#fail();
      if (this.#state === 'inside-key') this.#holdKey(piece.subarray(from, this.#at));
    }
    if (!tokens.done) return;
    if (this.#state === 'inside-key') {
      this.#isRecordsKey = this.#keyLength <= keyBytesCap && stringOf(this.#key, 0, this.#keyLength) === 'Records';
      this.#state = 'colon';
    } else {
      this.#state = 'after-member';
    }
  }

  #holdKey(part: Uint8Array): void {
    if (this.#keyLength + part.length <= keyBytesCap) this.#key.set(part, this.#keyLength);
    this.#keyLength += part.length;
  }

  #closeDocument(): void {
    this.#at++;
    if (!this.#hasRecords) this.#failWithoutRecords();
    this.#documents++;
    this.#hasRecords = false;
    this.#state = 'document';
    this.#markBytes = 0;
  }

  /** A byte order mark may stand at the start of the object, and before any document after the first. True when the piece ended first. */
  #takeMark(piece: Uint8Array): boolean {
    if (this.#isBlank && this.#base + this.#at !== this.#markBytes) return false;
    if (!this.#isBlank && this.#markBytes === 0) {
      this.#skipBlanks(piece);
      this.#documentAt = this.#base + this.#at;
    }
    while (this.#at < this.#end && this.#markBytes < byteOrderMark.length) {
      if (piece[this.#at] !== byteOrderMark[this.#markBytes]) {
        if (this.#markBytes > 0) this.#fail();
        return false;
      }
      this.#markBytes++;
      this.#at++;
    }
    return this.#at === this.#end;
  }

  #skipBlanks(piece: Uint8Array): number | undefined {
    while (this.#at < this.#end) {
      const byte = piece[this.#at] ?? 0;
      if (!isBlank(byte)) return byte;
      this.#at++;
    }
    return undefined;
  }

  #failAtStart(byte: number): never {
    const isValue = byte === openBracket || byte === quote || /[-0-9tfn]/.test(String.fromCharCode(byte));
    if (isValue && this.#isBlank) this.#failWithoutRecords();
    this.#fail();
  }

  #failWithoutRecords(): never {
    const at = { offset: this.#base + this.#at };
    throw new ConnectorError('no-records', `there is no array "Records" up to byte offset ${at.offset}`, {
      at,
      remedy: 'Check what writes this object: a CloudTrail log file has the array `Records` at its top.',
    });
  }

  #fail(): never {
    const at = { offset: this.#base + this.#at };
    const byte = (this.#piece[this.#at] ?? 0).toString(16).padStart(2, '0');
    throw new ConnectorError(
      'json-invalid',
      `invalid JSON at byte offset ${at.offset}${this.#inRecord()}: unexpected 0x${byte}`,
      {
        at,
        remedy: 'Check what writes or rewrites this object: the records before this byte were delivered.',
      },
    );
  }

  #inRecord(): string {
    return this.#state === 'inside-element'
      ? ` in record ${this.#recordsElsewhere + this.records + 1}, which starts at ${this.recordOffset}`
      : '';
  }
}
