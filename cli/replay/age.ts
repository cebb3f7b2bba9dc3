const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

type Unit = keyof typeof unitsMs;

/** `2d`, `3h`, `30m` or `90s` in milliseconds; undefined for anything else. */
export function readAge(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * unitsMs[unit as Unit];
}

/** An age as a person reads it: the largest unit of which there are two or more. */
export function shownAge(ms: number): string {
  const units = (['d', 'h', 'm'] as const).filter((unit) => ms >= 2 * unitsMs[unit]);
  const unit = units[0] ?? 's';
  return `${Math.max(0, Math.floor(ms / unitsMs[unit]))} ${unit}`;
}
