import { parseDatetime, parseTimespan, type TypeName, textOf, type Value } from '../values.ts';
import { asNumber, asText, ofNumbers, type ScalarFunction } from './registry.ts';

const wholeOf = (value: Value | undefined): number | null => {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'boolean') return Number(value);
  const text = asText(value).trim();
  return /^[+-]?\d+$/.test(text) ? Number(text) : /^0x[0-9a-f]+$/i.test(text) ? Number.parseInt(text, 16) : null;
};

const realOf = (value: Value | undefined): number | null => {
  if (typeof value === 'number') return value;
  const text = asText(value).trim();
  return text === '' || Number.isNaN(Number(text)) ? null : Number(text);
};

const boolOf = (value: Value | undefined): boolean | null => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const text = asText(value).trim().toLowerCase();
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : null;
};

const isEmpty = (value: Value | undefined): boolean => value === undefined || value === null || value === '';

export const conversions: Readonly<Record<string, ScalarFunction>> = {
  tostring: ([value], [type]) => textOf(value ?? null, type ?? 'dynamic'),
  tolong: ([value]) => wholeOf(value),
  toint: ([value]) => wholeOf(value),
  toreal: ([value]) => realOf(value),
  todouble: ([value]) => realOf(value),
  todecimal: ([value]) => realOf(value),
  tobool: ([value]) => boolOf(value),
  toboolean: ([value]) => boolOf(value),
  toguid: ([value]) =>
    /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(asText(value)) ? asText(value).toLowerCase() : null,
  todatetime: ([value], [type]) =>
    typeof value === 'number' && type === 'datetime' ? value : parseDatetime(asText(value)),
  totimespan: ([value]) => (typeof value === 'number' ? value : parseTimespan(asText(value))),
  isempty: ([value]) => isEmpty(value),
  isnotempty: ([value]) => !isEmpty(value),
  isnull: ([value]) => value === null,
  isnotnull: ([value]) => value !== null,
  notnull: ([value]) => value !== null,
  not: ([value]) => (typeof value === 'boolean' ? !value : null),
  coalesce: (values) => values.find((value) => !isEmpty(value)) ?? values.at(-1) ?? null,
  iff: ([condition, yes, no]) => (condition === true ? (yes ?? null) : (no ?? null)),
  iif: ([condition, yes, no]) => (condition === true ? (yes ?? null) : (no ?? null)),
  case: (args) => {
    for (let at = 0; at + 1 < args.length; at += 2) if (args[at] === true) return args[at + 1] ?? null;
    return args.at(-1) ?? null;
  },
  max_of: (values) => extreme(values, 1),
  min_of: (values) => extreme(values, -1),
  abs: ofNumbers(Math.abs),
  floor: ofNumbers((value, size = 1) => Math.floor(value / size) * size),
  ceiling: ofNumbers(Math.ceil),
  round: ofNumbers((value, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits),
  sqrt: ofNumbers(Math.sqrt),
  pow: ofNumbers((value, by) => value ** by),
  exp: ofNumbers(Math.exp),
  log: ofNumbers(Math.log),
  log2: ofNumbers(Math.log2),
  log10: ofNumbers(Math.log10),
  sign: ofNumbers(Math.sign),
  bin: binned,
  hash: ([value]) => [...asText(value)].reduce((sum, unit) => (sum * 31 + (unit.codePointAt(0) ?? 0)) % 2 ** 31, 7),
  ipv4_is_private: ([address]) => {
    const parts = ipv4(asText(address));
    if (parts === null) return null;
    const [a = 0, b = 0] = parts;
    return a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
  },
  ipv4_is_in_range: ([address, range]) => inRange(asText(address), asText(range)),
  ipv4_is_match: ([one, other]) => inRange(asText(one), asText(other)),
  parse_ipv4: ([address]) => ipv4(asText(address))?.reduce((sum, each) => sum * 256 + each, 0) ?? null,
};

function binned([value, size]: readonly Value[], [type]: readonly TypeName[]): Value {
  const [of, step] = [asNumber(value), asNumber(size)];
  if (of === null || step === null || step === 0) return null;
  // Bins of times begin with the year 1, which is no whole number of weeks from the epoch.
  const origin = type === 'datetime' ? -62_135_596_800_000 : 0;
  return Math.floor((of - origin) / step) * step + origin;
}

function extreme(values: readonly Value[], sign: 1 | -1): Value {
  const known = values.filter((value) => value !== null);
  return known.reduce<Value>(
    (best, value) => (best === null || (Number(value) - Number(best)) * sign > 0 ? value : best),
    null,
  );
}

function ipv4(text: string): number[] | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts === undefined || parts.some((each) => each > 255) ? null : parts;
}

function inRange(address: string, range: string): boolean | null {
  const [network = '', bits = '32'] = range.split('/', 2);
  const [one, other] = [ipv4(address), ipv4(network)];
  if (one === null || other === null) return null;
  const size = 2 ** (32 - Number(bits));
  const number = (parts: number[]): number => parts.reduce((sum, each) => sum * 256 + each, 0);
  return Math.floor(number(one) / size) === Math.floor(number(other) / size);
}
