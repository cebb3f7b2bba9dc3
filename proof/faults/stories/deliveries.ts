import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';

export interface Counts {
  readonly expected: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
}

/**
 * Which records have arrived, in a byte each, whatever the length of the story: record n is known by an ID that holds n.
 */
export class Deliveries {
  readonly #tableFile: string;
  readonly #times: Uint8Array;
  #expected = 0;
  #delivered = 0;
  #readUpTo = 0;

  constructor(tableFile: string, mostRecords: number) {
    this.#tableFile = tableFile;
    this.#times = new Uint8Array(mostRecords);
  }

  /** The ID of the next record. */
  nextId(): string {
    if (this.#expected === this.#times.length) throw new RangeError('the story has more records than it announced');
    this.#expected += 1;
    return idOf(this.#expected - 1);
  }

  get expected(): number {
    return this.#expected;
  }

  /** True when each of these records has a row. */
  async hasAll(ids: Iterable<string>): Promise<boolean> {
    await this.#readOn();
    for (const id of ids) if ((this.#times[numberOf(id)] ?? 0) === 0) return false;
    return true;
  }

  async count(): Promise<Counts> {
    await this.#readOn();
    let arrived = 0;
    for (let record = 0; record < this.#expected; record++) if (this.#times[record] !== 0) arrived += 1;
    return {
      expected: this.#expected,
      delivered: this.#delivered,
      lost: this.#expected - arrived,
      duplicated: this.#delivered - arrived,
    };
  }

  async #readOn(): Promise<void> {
    const { size } = await stat(this.#tableFile);
    if (size === this.#readUpTo) return;
    const input = createReadStream(this.#tableFile, { start: this.#readUpTo, end: size - 1 });
    this.#readUpTo = size;
    for await (const line of createInterface({ input })) {
      const { AwsEventId: id } = JSON.parse(line) as { AwsEventId: string };
      const record = numberOf(id);
      const times = this.#times[record];
      if (times === undefined || record >= this.#expected) throw new Error(`a row of an unknown record: ${id}`);
      this.#times[record] = Math.min(255, times + 1);
      this.#delivered += 1;
    }
  }
}

function idOf(record: number): string {
  return `00000000-0000-4000-8000-${record.toString(16).padStart(12, '0')}`;
}

function numberOf(id: string): number {
  return Number.parseInt(id.slice(-12), 16);
}
