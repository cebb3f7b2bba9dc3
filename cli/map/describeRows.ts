import type { EngineCounts, StubNote } from '../../shared/cloudtrail/rows/engine.ts';

const mostPlaces = 3;

/** What the rows of one file do not tell whole, and what to do about it; a line for each kind, none when all is well. */
export function describeRows(
  counts: EngineCounts,
  stubs: readonly StubNote[],
  droppers: readonly string[] = [],
): string[] {
  const { records, stubs: inPart, truncated, repaired } = counts;
  const lines: string[] = [];
  if (counts.dropped > 0) {
    const by = counts.droppedBy.flatMap((count, index) => (count === 0 ? [] : [`${droppers[index]} ${count}`]));
    lines.push(`${of(counts.dropped, records, 'record')} dropped by selectors: ${by.join(', ')}`);
  }
  if (inPart > 0) {
    lines.push(
      `${of(inPart, records, 'record')} understood only in part (${placesOf(stubs)})`,
      '  What to do: look at these bytes of the decompressed file; the row has what could be read.',
    );
  }
  if (truncated > 0) {
    lines.push(
      `${of(truncated, records, 'row')} cut: a value was longer than its column`,
      '  What to do: the columns that were cut are named in TruncatedColumns; the file has the whole value.',
    );
  }
  if (repaired > 0) {
    lines.push(
      `${of(repaired, records, 'row')} repaired: bytes that are no UTF-8 became U+FFFD`,
      '  What to do: nothing, unless the text matters; the file has the bytes.',
    );
  }
  return lines;
}

function of(count: number, all: number, noun: string): string {
  return `${count.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} ${noun}${all === 1 ? '' : 's'}`;
}

function placesOf(stubs: readonly StubNote[]): string {
  const shown = stubs.slice(0, mostPlaces).map(({ reason, offset, records }) => {
    const many = records === undefined ? '' : `${records.toLocaleString('en-US')} `;
    return `${many}${reason} at byte ${offset.toLocaleString('en-US')}`;
  });
  const more = stubs.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more.toLocaleString('en-US')} more` : shown.join(', ');
}
