import { createHash } from 'node:crypto';
import type { Clock } from '../../words/clock.ts';
import type { ErrorCode } from '../../words/errors.ts';
import type { UnitName } from '../ports/unit.ts';

/** So long after any object could be opened, nothing that fails is held against the source. */
const sourceGraceMs = 60_000;

const none: readonly ErrorCode[] = [];

/** Prefixes remembered of one kind of failure: what comes beyond them is judged anew each time. */
const mostPrefixes = 100;

/** What a failure adds up to, together with those before it. */
export interface Suspicion {
  /** So many different objects of the bucket failed alike, with no success between. */
  readonly bucket: boolean;
  /** They lie under different prefixes, and nothing of the source could be opened for a while. */
  readonly source: boolean;
  /** The bucket's objects that failed alike so far, when this one is new among them and they are too few. */
  readonly noted?: readonly string[];
}

/**
 * Tells what objects have in common when they fail alike. Prefixes that fail beside others that can be read are the
 * business of their own objects: a second trail that the role may not read never holds up the first.
 */
export class FailuresAlike {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #needed: number;
  readonly #ofBuckets = new Map<string, Map<ErrorCode, Alike>>();
  readonly #ofSource = new Map<ErrorCode, Alike>();
  /** Prefixes of which objects failed while others of the bucket could be read. */
  readonly #apart = new Set<string>();
  #openedAt = Number.NEGATIVE_INFINITY;

  /** `needed` is how many different objects must fail. */
  constructor(clock: Pick<Clock, 'now'>, needed: number) {
    this.#clock = clock;
    this.#needed = needed;
  }

  /** Objects that failed alike in earlier slices, or at other instances, as they were noted. */
  restore(bucket: string, code: ErrorCode, names: readonly string[]): void {
    const codes = this.#codesOf(bucket);
    if (!codes.has(code)) codes.set(code, { names: new Set(names.slice(0, this.#needed - 1)), prefixes: new Set() });
  }

  /** An object could be opened. Answers of which failures its bucket is no longer suspected. */
  opened(unit: UnitName): readonly ErrorCode[] {
    this.#openedAt = this.#clock.now();
    this.#ofSource.clear();
    const codes = this.#ofBuckets.get(unit.scope);
    this.#ofBuckets.delete(unit.scope);
    for (const { prefixes } of codes?.values() ?? []) for (const prefix of prefixes) this.#apart.add(prefix);
    if (this.#apart.size > 0) this.#apart.delete(prefixOf(unit));
    return codes === undefined ? none : [...codes.keys()];
  }

  failed(unit: UnitName, code: ErrorCode): Suspicion {
    const prefix = prefixOf(unit);
    if (this.#apart.has(prefix)) return { bucket: false, source: false };
    const codes = this.#codesOf(unit.scope);
    const before = codes.get(code)?.names.size ?? 0;
    const alike = this.#note(codes, code, unit, prefix);
    const bucket = alike.names.size >= this.#needed;
    if (bucket) codes.delete(code);
    const { names, prefixes } = this.#note(this.#ofSource, code, unit, prefix);
    const isQuiet = this.#clock.now() - this.#openedAt >= sourceGraceMs;
    const source = isQuiet && names.size >= this.#needed && prefixes.size > 1;
    if (source) this.#ofSource.delete(code);
    const isNoted = !bucket && alike.names.size > before;
    return { bucket, source, ...(isNoted ? { noted: [...alike.names] } : {}) };
  }

  #codesOf(bucket: string): Map<ErrorCode, Alike> {
    const codes = this.#ofBuckets.get(bucket) ?? new Map<ErrorCode, Alike>();
    this.#ofBuckets.set(bucket, codes);
    return codes;
  }

  /** Names are counted only as far as they decide. */
  #note(codes: Map<ErrorCode, Alike>, code: ErrorCode, unit: UnitName, prefix: string): Alike {
    const alike = codes.get(code) ?? { names: new Set(), prefixes: new Set() };
    codes.set(code, alike);
    if (alike.names.size < this.#needed) alike.names.add(markOf(unit));
    if (alike.prefixes.size < mostPrefixes) alike.prefixes.add(prefix);
    return alike;
  }
}

interface Alike {
  readonly names: Set<string>;
  readonly prefixes: Set<string>;
}

/** Tells objects apart, in few characters whatever their keys hold: so it can be kept anywhere. */
function markOf({ scope, name }: UnitName): string {
  return createHash('sha256').update(`${scope}/${name}`).digest('base64url').slice(0, 22);
}

/** The folder it lies in, with its bucket: an account's, a region's, a day's. */
export function prefixOf({ scope, name }: UnitName): string {
  return `${scope}/${name.slice(0, name.lastIndexOf('/') + 1)}`;
}
