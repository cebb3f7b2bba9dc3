/**
 * True for an NCRONTAB expression with six fields, as Azure Functions reads it:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
 */
export function isSchedule(text: string): boolean {
  const parts = text.split(/\s+/);
  return parts.length === fields.length && fields.every((field, index) => isField(parts[index] ?? '', field));
}

interface Field {
  readonly min: number;
  readonly max: number;
  /** Names that may stand for numbers, the first for `min`. */
  readonly names?: readonly string[];
}

const fields: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

function isField(text: string, field: Field): boolean {
  return text.split(',').every((item) => isItem(item, field));
}

/** One item of a list: everything, a value or a range, each perhaps with a step. */
function isItem(item: string, field: Field): boolean {
  const match = /^(?:\*|([^-/]+)(?:-([^-/]+))?)(?:\/(\d{1,2}))?$/.exec(item);
  if (match === null || match[3] === '0' || match[3] === '00') return false;
  const from = match[1] === undefined ? field.min : numberOf(match[1], field);
  const to = match[2] === undefined ? field.max : numberOf(match[2], field);
  return from !== undefined && to !== undefined && from <= to;
}

function numberOf(text: string, { min, max, names }: Field): number | undefined {
  const named = names?.findIndex((name) => text.toLowerCase().startsWith(name)) ?? -1;
  if (named >= 0 && /^[a-z]{3,9}$/i.test(text)) return min + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

const minuteMs = 60_000;
const daysLookedAt = 8;

/**
 * The longest time between two ticks of a valid expression, in milliseconds, to the minute: within eight days from this
 * time on, and eight days when there are not two ticks in them.
 */
export function longestPauseMs(schedule: string, from: number): number {
  const [, minutes, hours, days, months, weekdays] = schedule
    .trim()
    .split(/\s+/)
    .map((text, index) => valuesOf(text, fields[index]));
  const begin = Math.floor(from / minuteMs) * minuteMs;
  const end = begin + daysLookedAt * 24 * 60 * minuteMs;
  let [last, longest] = [undefined as number | undefined, 0];
  for (let at = begin; at < end; at += minuteMs) {
    const date = new Date(at);
    const isTick =
      minutes?.has(date.getUTCMinutes()) &&
      hours?.has(date.getUTCHours()) &&
      days?.has(date.getUTCDate()) &&
      months?.has(date.getUTCMonth() + 1) &&
      weekdays?.has(date.getUTCDay());
    if (!isTick) continue;
    longest = Math.max(longest, at - (last ?? at));
    last = at;
  }
  return last === undefined || longest === 0 ? end - begin : longest;
}

function valuesOf(text: string, field: Field | undefined): ReadonlySet<number> {
  const values = new Set<number>();
  if (field === undefined) return values;
  for (const item of text.split(',')) {
    const match = /^(?:\*|([^-/]+)(?:-([^-/]+))?)(?:\/(\d{1,2}))?$/.exec(item);
    const first = match?.[1] === undefined ? field.min : (numberOf(match[1], field) ?? field.min);
    const step = Number(match?.[3] ?? 1);
    // A value with a step goes on to the field's end: `5/15`.
    const single = match?.[1] !== undefined && match[3] === undefined ? first : field.max;
    const last = match?.[2] === undefined ? single : (numberOf(match[2], field) ?? field.max);
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return values;
}
