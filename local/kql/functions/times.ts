import type { Value } from '../values.ts';
import { asNumber, asText, ofNumbers, type ScalarFunction } from './registry.ts';

const dayMs = 86_400_000;
/** The first Sunday that Kusto counts weeks from, 0001-01-07, is as many days from the epoch as a Sunday must be. */
const epochWeekday = 4;

const date = (value: Value | undefined): Date | null => {
  const ms = asNumber(value);
  return ms === null ? null : new Date(Math.floor(ms));
};
const ofDate =
  (compute: (of: Date) => number): ScalarFunction =>
  ([value]) => {
    const of = date(value);
    return of === null ? null : compute(of);
  };
const utc = (year: number, month = 0, day = 1): number => Date.UTC(year, month, day);

export const times: Readonly<Record<string, ScalarFunction>> = {
  startofday: ofNumbers((ms) => Math.floor(ms / dayMs) * dayMs),
  endofday: ofNumbers((ms) => (Math.floor(ms / dayMs) + 1) * dayMs - 0.0001),
  startofweek: ofNumbers((ms) => startOfWeek(ms)),
  endofweek: ofNumbers((ms) => startOfWeek(ms) + 7 * dayMs - 0.0001),
  startofmonth: ofDate((of) => utc(of.getUTCFullYear(), of.getUTCMonth())),
  endofmonth: ofDate((of) => utc(of.getUTCFullYear(), of.getUTCMonth() + 1) - 0.0001),
  startofyear: ofDate((of) => utc(of.getUTCFullYear())),
  dayofweek: ofNumbers((ms) => (Math.floor(ms / dayMs + epochWeekday) % 7) * dayMs),
  dayofmonth: ofDate((of) => of.getUTCDate()),
  monthofyear: ofDate((of) => of.getUTCMonth() + 1),
  getmonth: ofDate((of) => of.getUTCMonth() + 1),
  getyear: ofDate((of) => of.getUTCFullYear()),
  hourofday: ofDate((of) => of.getUTCHours()),
  unixtime_seconds_todatetime: ofNumbers((seconds) => seconds * 1_000),
  unixtime_milliseconds_todatetime: ofNumbers((ms) => ms),
  make_datetime: ofNumbers(
    (year, month, day, hour = 0, minute = 0, second = 0) =>
      utc(year, month - 1, day) + hour * 3_600_000 + minute * 60_000 + second * 1_000,
  ),
  datetime_diff: ([unit, one, other]) => {
    const [from, to] = [asNumber(other), asNumber(one)];
    const size = unitMs[asText(unit).toLowerCase()];
    if (from === null || to === null || size === undefined) return null;
    return Math.floor(to / size) - Math.floor(from / size);
  },
  datetime_add: ([unit, amount, of]) => {
    const [many, ms] = [asNumber(amount), asNumber(of)];
    const size = unitMs[asText(unit).toLowerCase()];
    return many === null || ms === null || size === undefined ? null : ms + many * size;
  },
};

/** Units of one length: months and years are refused by their absence, with null. */
const unitMs: Readonly<Record<string, number>> = {
  week: 7 * dayMs,
  day: dayMs,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
};

function startOfWeek(ms: number): number {
  const day = Math.floor(ms / dayMs);
  return (day - ((day + epochWeekday) % 7)) * dayMs;
}
