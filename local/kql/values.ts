/**
 * Values by their static type: string as a string (never null, as in Kusto), long, int and real as numbers, bool as a
 * boolean, datetime as milliseconds since the epoch, timespan as milliseconds, guid as a string, dynamic as JSON's values.
 * Null is null, in every type but string.
 */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

export type TypeName =
  | 'string'
  | 'long'
  | 'int'
  | 'real'
  | 'decimal'
  | 'bool'
  | 'datetime'
  | 'timespan'
  | 'guid'
  | 'dynamic';

export const isWhole = (type: TypeName): boolean => type === 'long' || type === 'int';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** As `tostring` writes it. https://learn.microsoft.com/kusto/query/tostring-function */
export function textOf(value: Value, type: TypeName): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (type === 'datetime' && typeof value === 'number') return datetimeText(value);
  if (type === 'timespan' && typeof value === 'number') return timespanText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number')
    return isWhole(type) || type === 'dynamic' || !Number.isInteger(value) ? String(value) : `${value}.0`;
  return JSON.stringify(value);
}

/** `2026-11-01T00:05:00.0000000Z`, with the seven digits that Kusto writes. */
export function datetimeText(ms: number): string {
  const whole = Math.floor(ms);
  const ticks = Math.round((ms - whole) * 10_000);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}Z`;
}

/** `1.02:03:04.5000000` */
export function timespanText(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const size = Math.abs(ms);
  const two = (part: number): string => String(Math.floor(part)).padStart(2, '0');
  const days = Math.floor(size / dayMs);
  const clock = `${two((size % dayMs) / hourMs)}:${two((size % hourMs) / minuteMs)}:${two((size % minuteMs) / secondMs)}`;
  const ticks = Math.round((size % secondMs) * 10_000);
  return `${sign}${days > 0 ? `${days}.` : ''}${clock}${ticks > 0 ? `.${String(ticks).padStart(7, '0')}` : ''}`;
}

/** Null when it is none. A time without a zone is UTC. */
export function parseDatetime(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/i.test(trimmed) || !/^\d{4}-\d\d-\d\d/.test(trimmed);
  const iso = /^\d{4}-\d\d-\d\d$/.test(trimmed)
    ? `${trimmed}T00:00:00Z`
    : hasZone
      ? trimmed
      : `${trimmed.replace(' ', 'T')}Z`;
  // JavaScript keeps milliseconds; the digits behind them are added again.
  const fraction = /\.(\d{3})(\d{1,4})/.exec(iso);
  const ms = Date.parse(fraction === null ? iso : iso.replace(fraction[0], `.${fraction[1]}`));
  if (Number.isNaN(ms)) return null;
  return fraction === null ? ms : ms + Number(`0.${fraction[2]}`);
}

const units: Readonly<Record<string, number>> = {
  d: dayMs,
  day: dayMs,
  days: dayMs,
  h: hourMs,
  hr: hourMs,
  hrs: hourMs,
  hour: hourMs,
  hours: hourMs,
  m: minuteMs,
  min: minuteMs,
  minute: minuteMs,
  minutes: minuteMs,
  s: secondMs,
  sec: secondMs,
  second: secondMs,
  seconds: secondMs,
  ms: 1,
  milli: 1,
  millis: 1,
  millisecond: 1,
  milliseconds: 1,
  microsecond: 0.001,
  microseconds: 0.001,
  tick: 0.0001,
  ticks: 0.0001,
};

/** `5m`, `1.5h`, `02:30:00`, `1.02:03:04`; null when it is none. */
export function parseTimespan(text: string): number | null {
  const trimmed = text.trim();
  const [, amount, unit = ''] = /^(-?\d+(?:\.\d+)?)([a-z]+)$/i.exec(trimmed) ?? [];
  const factor = units[unit.toLowerCase()];
  if (amount !== undefined && factor !== undefined) return Number(amount) * factor;
  const clock = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(trimmed);
  if (clock !== null) {
    const [, sign, days = '0', hours, minutes, seconds = '0'] = clock;
    const ms = Number(days) * dayMs + Number(hours) * hourMs + Number(minutes) * minuteMs + Number(seconds) * secondMs;
    return sign === undefined ? ms : -ms;
  }
  return /^-?\d+$/.test(trimmed) ? Number(trimmed) * dayMs : null;
}

/** What a value becomes inside of dynamic: times are texts there. */
export function asDynamic(value: Value, type: TypeName): Value {
  if (value === null) return null;
  if (type === 'datetime' && typeof value === 'number') return datetimeText(value);
  if (type === 'timespan' && typeof value === 'number') return timespanText(value);
  return value;
}

/** The order of `sort`, and of `min` and `max`; nulls are judged by the caller. */
export function compare(one: Value, other: Value): number {
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : one > other ? 1 : 0;
  return Number(one) - Number(other);
}

/** Equal for `==`, `in`, grouping and `join`: dynamic values by what they hold. */
export function keyOf(value: Value): string {
  return typeof value === 'string'
    ? `s${value}`
    : typeof value === 'object'
      ? `j${JSON.stringify(value)}`
      : `${typeof value}${value}`;
}
