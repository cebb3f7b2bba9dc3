/** Neighbouring steps differ by a tenth, so that a quantile is told a tenth too high at most. */
const step = Math.log(1.1);

/** How long things took, for quantiles: a slice may read a million log files, and keeps a few hundred numbers of them. */
export class Lags {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #longest = 0;

  add(ms: number): void {
    const index = ms <= 1 ? 0 : Math.ceil(Math.log(ms) / step);
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + 1);
    this.#total += 1;
    this.#longest = Math.max(this.#longest, ms);
  }

  /** At least this share of all took at most as many milliseconds; undefined when there were none. `share`: 0 < x <= 1. */
  quantile(share: number): number | undefined {
    let left = share * this.#total;
    for (const [index, count] of [...this.#counts].sort(([one], [other]) => one - other)) {
      left -= count;
      if (left <= 0) return Math.min(Math.round(Math.exp(index * step)), this.#longest);
    }
    return undefined;
  }

  get longest(): number | undefined {
    return this.#total === 0 ? undefined : this.#longest;
  }
}
