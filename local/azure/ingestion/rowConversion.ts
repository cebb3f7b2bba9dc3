import { closeObject, colon, comma, quote, skipSpace, skipString, skipValue } from './jsonBytes.ts';
import type { ColumnIndex, StreamColumnType } from './streamColumns.ts';
import type { Transform } from './transform.ts';

/** What the service makes of one row. */
export interface ConvertedRow {
  /** The row's JSON text on one line: columns of the table with a value, digits as sent. */
  readonly text: string;
  /** Columns the stream does not declare: dropped. */
  readonly undeclared: readonly string[];
  /** Columns whose value does not fit their type: null. */
  readonly lost: readonly string[];
  /** Columns cut at the size limit. */
  readonly truncated: readonly string[];
  readonly timeReplaced: boolean;
}

/** 64 KB a field, longer values are cut: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#log-analytics-workspaces */
export const fieldLimitBytes = 65_536;

/** Converts the row that begins at `start`, known to be one well-formed JSON object. */
export function convertRow(
  bytes: Buffer,
  start: number,
  columns: ColumnIndex,
  receivedAt: number,
  transform?: Transform,
): ConvertedRow {
  const values = new Map<string, string>();
  const undeclared: string[] = [];
  const lost: string[] = [];
  const truncated: string[] = [];
  for (const [name, raw] of membersOf(bytes, start)) {
    const type = columns.typeOf(name);
    if (type === undefined) {
      undeclared.push(name);
      continue;
    }
    values.delete(name);
    if (raw === 'null') continue;
    const value = convertValue(raw, type);
    if (value === undefined) lost.push(name);
    else values.set(name, type === 'string' ? cut(value, () => truncated.push(name)) : value);
  }
  transform?.apply(values);
  const time = Date.parse(String(JSON.parse(values.get('TimeGenerated') ?? 'null')));
  const timeReplaced = !isAcceptedTime(time, receivedAt);
  if (timeReplaced) values.set('TimeGenerated', JSON.stringify(new Date(receivedAt).toISOString()));
  const text = `{${[...values].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
  return { text, undeclared, lost, truncated, timeReplaced };
}

/**
 * Times more than two days back or one day ahead are replaced by the time of receipt:
 * https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns#timegenerated
 */
export function isAcceptedTime(time: number, receivedAt: number): boolean {
  return time >= receivedAt - 2 * dayMs && time <= receivedAt + dayMs;
}

const dayMs = 86_400_000;

function* membersOf(bytes: Buffer, start: number): Generator<[name: string, raw: string]> {
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] !== closeObject) {
    const keyEnd = skipString(bytes, at + 1);
    const name = String(JSON.parse(bytes.toString('utf8', at, keyEnd)));
    at = skipSpace(bytes, keyEnd);
    if (bytes[at] === colon) at = skipSpace(bytes, at + 1);
    const end = skipValue(bytes, at);
    yield [name, withoutLineBreaks(bytes.toString('utf8', at, end))];
    at = skipSpace(bytes, end);
    if (bytes[at] === comma) at = skipSpace(bytes, at + 1);
  }
}

/** JSON text of the value in the column's type; undefined where the service stores null. */
function convertValue(raw: string, type: StreamColumnType): string | undefined {
  const isText = raw.charCodeAt(0) === quote;
  switch (type) {
    case 'dynamic':
      return raw;
    case 'string':
      return isText ? raw : JSON.stringify(raw);
    case 'boolean':
      return asBoolean(isText ? String(JSON.parse(raw)) : raw);
    case 'datetime':
      return isText ? asTime(String(JSON.parse(raw))) : undefined;
    default:
      return asNumber(isText ? String(JSON.parse(raw)) : raw, type === 'real');
  }
}

function asBoolean(text: string): string | undefined {
  const word = text.toLowerCase();
  if (word === 'true' || word === '1') return 'true';
  return word === 'false' || word === '0' ? 'false' : undefined;
}

function asNumber(text: string, isReal: boolean): string | undefined {
  const pattern = isReal ? /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/ : /^-?\d+$/;
  return pattern.test(text) ? text : undefined;
}

/** A time without a zone is UTC, as in the service. */
function asTime(text: string): string | undefined {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/.test(text)) {
    return Number.isNaN(Date.parse(text)) ? undefined : JSON.stringify(text);
  }
  const hasZone = /(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i.test(text);
  const time = Date.parse(hasZone ? text : /T/.test(text) ? `${text}Z` : `${text} UTC`);
  return Number.isNaN(time) ? undefined : JSON.stringify(new Date(time).toISOString());
}

function cut(value: string, note: () => void): string {
  if (value.length <= fieldLimitBytes / 3) return value;
  const bytes = Buffer.from(String(JSON.parse(value)));
  if (bytes.length <= fieldLimitBytes) return value;
  note();
  let end = fieldLimitBytes;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return JSON.stringify(bytes.toString('utf8', 0, end));
}

/** JSON strings hold no raw line break, so any one is space between tokens. */
function withoutLineBreaks(raw: string): string {
  return raw.includes('\n') || raw.includes('\r') ? raw.replaceAll(/[\r\n]+/g, ' ') : raw;
}
