/** Neighbouring steps differ by a tenth, so that a quantile is told a tenth too high at most. */
const step = Math.log(1.1);

/** How long things took, for quantiles: a slice may accept millions of rows, and keeps a few hundred numbers of them. */
export class Lags {
  /** By step: some 250 reach a year. */
  readonly #counts: number[] = [];
  #total = 0;
  #longest = 0;

  add(ms: number, times = 1): void {
    const index = ms <= 1 ? 0 : Math.ceil(Math.log(ms) / step);
    while (this.#counts.length <= index) this.#counts.push(0);
    this.#counts[index] = (this.#counts[index] ?? 0) + times;
    this.#total += times;
    this.#longest = Math.max(this.#longest, ms);
  }

  /** Undefined when there were none. */
  figures(): { readonly p50: number; readonly p95: number; readonly longest: number } | undefined {
    if (this.#total === 0) return undefined;
    return { p50: this.#quantile(0.5), p95: this.#quantile(0.95), longest: this.#longest };
  }

  /** At least this share of all took at most as many milliseconds. `share`: 0 < x <= 1. */
  #quantile(share: number): number {
    let left = share * this.#total;
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (count > 0 && left <= 0) return Math.min(Math.round(Math.exp(index * step)), this.#longest);
    }
    return this.#longest;
  }
}

/** Adds how long ago each of these was, in seconds since the epoch; 0 is a time that nobody knows. Neighbours are mostly of one second. */
export function addLags(seconds: Uint32Array, now: number, to: Pick<Lags, 'add'>): void {
  let from = 0;
  for (let index = 1; index <= seconds.length; index++) {
    const second = seconds[from] ?? 0;
    if (seconds[index] === second) continue;
    if (second !== 0) to.add(Math.max(0, now - second * 1000), index - from);
    from = index;
  }
}
