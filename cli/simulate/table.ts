/** Rows of text under a head, in columns; numbers are set to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isNumeric = head.map((_, column) => rows.every((row) => /^[$\d]/.test(row[column] ?? '0')));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        isNumeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return all.map((row) => `  ${line(row)}`);
}

/** A number as people read it: three digits that matter, thousands apart. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'no limit';
  if (value === 0) return '0';
  if (value >= 100) return Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
  return String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

export function dollars(value: number): string {
  return `$${value >= 10 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2)}`;
}

/** `1 h 20 min` */
export function span(seconds: number): string {
  if (seconds < 90) return `${figure(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  const hours = seconds / 3_600;
  return hours < 48 ? `${figure(hours)} h` : `${figure(hours / 24)} days`;
}
