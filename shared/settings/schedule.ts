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
