import { shrinkBlanks } from '../../json/blanks.ts';
import { boundary, cutMarker } from '../../json/cut.ts';
import { closedJson } from '../../json/prefix.ts';
import { truncateJson } from '../../json/truncation.ts';

/**
 * One JSON value of any length that comes in parts: held while it is small, and when it is not, its beginning and its end.
 * Runs of blanks shrink before anything is left out. Memory is a few times the cap.
 */
export class KeptValue {
  readonly #capBytes: number;
  readonly #front = new Hold();
  readonly #back = new Hold();
  /** Bytes left out between them. */
  #gap = 0;
  #isShrunk = false;
  #isSplit = false;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  reset(): void {
    this.#front.length = 0;
    this.#back.length = 0;
    this.#gap = 0;
    this.#isShrunk = false;
    this.#isSplit = false;
  }

  /** So many bytes more are held before something is left out. */
  get room(): number {
    return 2 * this.#capBytes - (this.#isSplit ? this.#back : this.#front).length;
  }

  add(part: Uint8Array): void {
    const hold = this.#isSplit ? this.#back : this.#front;
    hold.add(part);
    if (hold.length <= 2 * this.#capBytes) return;
    this.#isShrunk = hold.shrink() || this.#isShrunk;
    if (hold.length <= this.#capBytes) return;
    if (this.#isSplit) this.#dropFromBack();
    else this.#split();
  }

  /** The value as valid JSON of at most so many bytes, and whether it differs; `isTooDeep`: as a string of its text. */
  finish(mostBytes: number, isTooDeep: boolean): { readonly json: Uint8Array; readonly isCut: boolean } {
    if (!this.#isSplit && !this.#isShrunk && !isTooDeep && this.#front.length <= mostBytes)
      return { json: this.#front.bytes, isCut: false };
    return { json: Buffer.from(truncateJson(this.#joined(isTooDeep), mostBytes)), isCut: true };
  }

  #joined(isTooDeep: boolean): string {
    const front = textOf(this.#front.bytes);
    const back = textOf(this.#back.bytes);
    const marker = this.#gap === 0 ? '' : cutMarker(this.#gap);
    const first = front[0] ?? '';
    if (isTooDeep) return JSON.stringify(front + marker + back);
    if (!this.#isSplit || first === '"') return front + marker + back;
    if (first === '{' || first === '[') return closedJson(this.#front.bytes, `${marker}${back}`);
    return `"${front}${marker}${back}"`;
  }

  /** What is held becomes beginning and end. */
  #split(): void {
    this.#isSplit = true;
    const { bytes } = this.#front;
    const from = boundary(bytes, 0, this.#capBytes >> 1, bytes.length, true);
    this.#back.add(bytes.subarray(from));
    this.#front.length = from;
    this.#dropFromBack();
  }

  #dropFromBack(): void {
    const { bytes } = this.#back;
    const from = boundary(bytes, 0, Math.max(0, bytes.length - (this.#capBytes >> 1)), bytes.length, true);
    this.#gap += from;
    this.#back.drop(from);
  }
}

/** Bytes that are put together. */
class Hold {
  #bytes = Buffer.allocUnsafe(1024);
  length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  add(part: Uint8Array): void {
    const length = this.length + part.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.length);
    this.length = length;
  }

  /** True when there were blanks to shrink. */
  shrink(): boolean {
    const shrunk = shrinkBlanks(this.bytes);
    if (shrunk.length === this.length) return false;
    this.#bytes.set(shrunk);
    this.length = shrunk.length;
    return true;
  }

  drop(bytes: number): void {
    this.#bytes.copyWithin(0, bytes, this.length);
    this.length -= bytes;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
