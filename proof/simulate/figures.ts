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
