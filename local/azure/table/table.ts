import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One row of a kept table. `text` is what was accepted, digit for digit. */
export interface TableRow {
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface RowFilter {
  readonly eventName?: string;
  readonly awsEventId?: string;
}

export interface TableSummary {
  readonly rows: number;
  /** Different values of AwsEventId, and rows beyond the first of each. */
  readonly events: number;
  readonly duplicates: number;
  /** Most frequent first. */
  readonly eventNames: readonly { readonly name: string; readonly rows: number }[];
}

/** The rows of a kept table in order of acceptance, while others may be appended: an unfinished last line is left out. */
export async function* readRows(path: string, filter: RowFilter = {}): AsyncGenerator<TableRow> {
  const wanted = Object.values(filter);
  for await (const text of finishedLines(path)) {
    // A cheap look first: parsing every row of a large table takes minutes.
    if (!wanted.every((value) => text.includes(JSON.stringify(value)))) continue;
    const values = JSON.parse(text) as Record<string, unknown>;
    if (filter.eventName !== undefined && values['EventName'] !== filter.eventName) continue;
    if (filter.awsEventId !== undefined && values['AwsEventId'] !== filter.awsEventId) continue;
    yield { text, values };
  }
}

export async function countRows(path: string): Promise<number> {
  let rows = 0;
  for await (const _ of finishedLines(path)) rows++;
  return rows;
}

/** Counts, duplicates and the most frequent event names in one pass. */
export async function summariseTable(path: string, topNames = 20): Promise<TableSummary> {
  const ids = new Set<string>();
  const names = new Map<string, number>();
  let rows = 0;
  let withId = 0;
  for await (const { values } of readRows(path)) {
    rows++;
    const { AwsEventId: id, EventName: name } = values;
    if (typeof id === 'string') {
      withId++;
      ids.add(id);
    }
    if (typeof name === 'string') names.set(name, (names.get(name) ?? 0) + 1);
  }
  return { rows, events: ids.size, duplicates: withId - ids.size, eventNames: mostFrequent(names, topNames) };
}

/** The first `top` names by count, ties by name. */
export function mostFrequent(counts: ReadonlyMap<string, number>, top: number): { name: string; rows: number }[] {
  return [...counts]
    .map(([name, rows]) => ({ name, rows }))
    .sort((one, other) => other.rows - one.rows || (one.name < other.name ? -1 : 1))
    .slice(0, top);
}

async function* finishedLines(path: string): AsyncGenerator<string> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (line.startsWith('{') && line.endsWith('}')) yield line;
  }
}
