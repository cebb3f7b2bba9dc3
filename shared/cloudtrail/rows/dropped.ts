/** How many records each selector dropped. Without selectors it costs nothing. */
export class Dropped {
  #by: number[] | undefined;
  count = 0;

  /** `selector`: its number, from 1 on. */
  add(selector: number): void {
    this.#by ??= [];
    while (this.#by.length < selector) this.#by.push(0);
    this.#by[selector - 1] = (this.#by[selector - 1] ?? 0) + 1;
    this.count++;
  }

  /** By the selectors' numbers less one. */
  with(other: Dropped): readonly number[] {
    return sumOfDropped(this.#by ?? none, other.#by ?? none);
  }
}

const none: readonly number[] = [];

export const noneDropped = new Dropped();

export function sumOfDropped(one: readonly number[], other: readonly number[]): readonly number[] {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const [long, short] = one.length >= other.length ? [one, other] : [other, one];
  return long.map((count, index) => count + (short[index] ?? 0));
}
