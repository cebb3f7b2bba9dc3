import type { Weights } from './weigh.ts';

/**
 * What each selector drops, line by line: records, bytes of rows as they are billed, share of all bytes, and what they cost
 * a month when the files are those of so many days.
 */
export function weightTable(
  names: readonly string[],
  weights: Weights,
  { days, dollarsPerGigabyte }: { readonly days: number; readonly dollarsPerGigabyte: number },
): string {
  const all = weights.reduce((sum, { bytes }) => sum + bytes, 0);
  const line = (name: string, { records, bytes }: { readonly records: number; readonly bytes: number }) => [
    name,
    records.toLocaleString('en-US'),
    bytes.toLocaleString('en-US'),
    `${all === 0 ? 0 : ((100 * bytes) / all).toFixed(1)} %`,
    `$${((bytes / 1e9 / days) * daysOfMonth * dollarsPerGigabyte).toFixed(2)}`,
  ];
  const total = { records: weights.reduce((sum, { records }) => sum + records, 0), bytes: all };
  const [kept = { records: 0, bytes: 0 }, ...dropped] = weights;
  const lines = [
    ['selector', 'records', 'bytes', 'share', 'a month'],
    ...dropped.map((weight, index) => line(names[index] ?? '', weight)),
    line('(kept)', kept),
    line('(all)', total),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0))) ?? [];
  const padded = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return lines.map((cells) => `${padded(cells).join('  ')}\n`).join('');
}

const daysOfMonth = 30;
