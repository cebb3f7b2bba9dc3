import { JsonTokens } from '../../json/tokens.ts';
import type { StubNote } from '../engine.ts';
import type { RecordLimits } from '../limits.ts';
import { StubSkim } from './stubSkim.ts';

export type Collected =
  | { readonly kind: 'unfinished' | 'invalid' }
  /** All bytes of an ordinary record. */
  | { readonly kind: 'record'; readonly bytes: Uint8Array }
  /** What is kept of a record that is too large, too deep or no object. */
  | { readonly kind: 'stub'; readonly reason: StubNote['reason']; readonly skim: StubSkim }
  | { readonly kind: 'discarded' };

/**
 * Collects one element of `Records` that does not lie whole in one piece, or is out of the ordinary: validates it as it
 * comes, and holds no more of it than the caps allow.
 */
export class RecordCollector {
  readonly #limits: RecordLimits;
  readonly #tokens = new JsonTokens();
  /** Most objects need none. */
  #held = new Uint8Array(0);
  #heldLength = 0;
  #deepest = 0;
  #skim: StubSkim | undefined;
  /** Nothing is kept of an element that becomes a stub. */
  #discards = false;
  #isTooLarge = false;
  result: Collected = { kind: 'unfinished' };

  constructor(limits: RecordLimits) {
    this.#limits = limits;
  }

  begin(discards: boolean): void {
    this.#discards = discards;
    this.#isTooLarge = false;
    this.#tokens.reset();
    this.#heldLength = 0;
    this.#deepest = 0;
    this.#skim = undefined;
    this.result = { kind: 'unfinished' };
  }

  /** Takes bytes until the element or the piece ends, or a byte is invalid; answers the position reached and sets `result`. */
  take(piece: Uint8Array, at: number, end: number): number {
    return this.#skim === undefined ? this.#collect(piece, at, end) : this.#takeSkimming(this.#skim, piece, at, end);
  }

  #collect(piece: Uint8Array, from: number, end: number): number {
    const tokens = this.#tokens;
    let at = from;
    while (at < end && !tokens.done) {
      at = tokens.advance(piece, at, end);
      if (tokens.depth > this.#deepest) this.#deepest = tokens.depth;
      if (tokens.token === 'invalid') {
        this.result = { kind: 'invalid' };
        return at;
      }
    }
    this.#isTooLarge ||= this.#heldLength + at - from > this.#limits.recordBytesCap;
    if (this.#isTooLarge && !this.#discards) return this.#takeSkimming(this.#beginSkim(), piece, from, end);
    if (!this.#isTooLarge) this.#hold(piece.subarray(from, at));
    if (tokens.done) this.result = this.#classify();
    return at;
  }

  #classify(): Collected {
    const bytes = this.#held.subarray(0, this.#heldLength);
    if (!this.#isTooLarge && bytes[0] === 0x7b && this.#deepest <= this.#limits.depthCap)
      return { kind: 'record', bytes };
    if (this.#discards) return { kind: 'discarded' };
    const reason = bytes[0] === 0x7b ? 'record-too-deep' : 'record-not-an-object';
    return { kind: 'stub', reason, skim: this.#beginSkim() };
  }

  #beginSkim(): StubSkim {
    const skim = new StubSkim(this.#limits.columnBytesCap, this.#limits.depthCap);
    skim.take(this.#held, 0, this.#heldLength);
    this.#skim = skim;
    return skim;
  }

  #takeSkimming(skim: StubSkim, piece: Uint8Array, at: number, end: number): number {
    at = skim.take(piece, at, end);
    if (skim.isInvalid) this.result = { kind: 'invalid' };
    else if (skim.done) this.result = { kind: 'stub', reason: 'record-too-large', skim };
    return at;
  }

  #hold(part: Uint8Array): void {
    const length = this.#heldLength + part.length;
    if (length > this.#held.length) {
      const larger = new Uint8Array(Math.max(4096, 2 * length));
      larger.set(this.#held.subarray(0, this.#heldLength));
      this.#held = larger;
    }
    this.#held.set(part, this.#heldLength);
    this.#heldLength = length;
  }
}
