/** Rows of one object by their position in it, as runs `[from, to)` in order that neither overlap nor touch. */
export class RowRanges {
  runs: readonly (readonly [from: number, to: number])[] = [];

  /** The first so many rows. */
  static first(rows: number): RowRanges {
    const ranges = new RowRanges();
    ranges.add(0, rows);
    return ranges;
  }

  /** What `toString` wrote; of anything else nothing, since a row too few is only sent again. */
  static parse(text: string): RowRanges {
    const ranges = new RowRanges();
    if (!/^(?:\d+-\d+(?:,|$))+$/.test(text)) return ranges;
    for (const run of text.split(',')) {
      const [from = 0, to = 0] = run.split('-').map(Number);
      ranges.add(from, to);
    }
    return ranges;
  }

  /** How many rows. */
  get count(): number {
    return this.runs.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  /** The position after the last of them. */
  get end(): number {
    return this.runs.at(-1)?.[1] ?? 0;
  }

  add(from: number, to: number): void {
    if (to <= from) return;
    const apart = this.runs.filter(([start, end]) => end < from || start > to);
    const touching = this.runs.filter(([start, end]) => end >= from && start <= to);
    const first = Math.min(from, ...touching.map(([start]) => start));
    const last = Math.max(to, ...touching.map(([, end]) => end));
    this.runs = [...apart, [first, last] as const].sort(([one], [other]) => one - other);
  }

  has(position: number): boolean {
    return this.runs.some(([from, to]) => from <= position && position < to);
  }

  /** How many of them lie before this position. */
  countBefore(position: number): number {
    return this.runs.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, position) - from), 0);
  }

  /** These rows and others, whose positions count only what is missing here: what a reading that left these out has done. */
  filledWith(missing: RowRanges): RowRanges {
    const all = new RowRanges();
    let before = 0;
    let gapFrom = 0;
    for (const [from, to] of [...this.runs, [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const]) {
      const shift = gapFrom - before;
      for (const [start, end] of missing.runs) all.add(Math.max(gapFrom, start + shift), Math.min(from, end + shift));
      if (Number.isFinite(to)) all.add(from, to);
      before += from - gapFrom;
      gapFrom = to;
    }
    return all;
  }

  /** Without those behind the first so many runs. */
  firstRuns(most: number): RowRanges {
    const ranges = new RowRanges();
    for (const [from, to] of this.runs.slice(0, most)) ranges.add(from, to);
    return ranges;
  }

  /** `0-120,140-200`: the first 120 rows, and 60 after a gap of 20. */
  toString(): string {
    return this.runs.map(([from, to]) => `${from}-${to}`).join(',');
  }
}
