import { ConnectorError } from '../../shared/words/errors.ts';
import { type Node, oracleRow, parse } from '../oracle.ts';
import type { FuzzCase } from './fuzzCase.ts';
import { context, type Reading } from './readLog.ts';

/**
 * Holds a reading against JSON.parse and the tests' plain mapping, which share no code with the engines: whether it is a
 * log file at all, how many records it has, and every cell of every row that was not shortened or reduced.
 */
export function checkAgainstOracle(
  { log, bounds }: FuzzCase,
  { counts, error }: Reading,
  rowsOfBodies: readonly (readonly Map<string, string>[])[],
): string | undefined {
  const text = decodedText(log.subarray(0, log.length - counts.trailingBytes));
  const json = parsed(text);
  if (json === undefined) {
    // Several documents one after another are no JSON, and yet all good.
    return error !== undefined || hasSeveralDocuments(text) ? undefined : 'took what is no JSON';
  }
  const records = recordsOf(json);
  if (records === undefined) {
    return error instanceof ConnectorError && error.code === 'no-records' ? undefined : 'took JSON without records';
  }
  if (error !== undefined) return `refused a log file: ${error}`;
  const rows = rowsOfBodies.flat();
  if (rows.length + counts.dropped + Math.max(0, counts.gathered - 1) !== records.length)
    return `${rows.length} rows of ${records.length} records, ${counts.dropped} dropped`;
  if (bounds !== 'usual' || counts.dropped > 0 || counts.gathered > 0) return undefined;
  for (const [index, record] of records.entries()) {
    const row = rows[index] ?? new Map<string, string>();
    const isReduced = row.has('TruncatedColumns') || row.get('UnmappedFields')?.includes('"_stub":"record-');
    if (isReduced || record.type !== 'object') continue;
    const expected = oracleRow(textOf(record), context);
    for (const name of new Set([...expected.keys(), ...row.keys()])) {
      if (expected.get(name) === row.get(name)) continue;
      // Where keys are repeated the engines write the earlier ones last.
      if (name === 'UnmappedFields' && sorted(expected.get(name)) === sorted(row.get(name))) continue;
      return `row ${index}, ${name}: ${row.get(name)} where the plain mapping has ${expected.get(name)}`;
    }
  }
  return undefined;
}

function decodedText(log: Uint8Array): string {
  return new TextDecoder().decode(log);
}

function parsed(text: string): Node | undefined {
  return isJson(text) ? parse(text) : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not JSON: an answer like any other.
    return false;
  }
}

/** Of all arrays that are called `Records`. */
function recordsOf(log: Node): Node[] | undefined {
  if (log.type !== 'object') return undefined;
  const arrays = log.members.flatMap(({ key, value }) =>
    key === 'Records' && value.type === 'array' ? [value.items] : [],
  );
  return arrays.length === 0 ? undefined : arrays.flat();
}

/** True when the text is JSON objects one after another, each perhaps with a byte order mark. */
function hasSeveralDocuments(text: string): boolean {
  const documents = text.split(/(?<=\})[\s\ufeff]*(?=\{)/);
  let open = '';
  for (const part of documents) {
    open += part;
    if (isJson(open.replace(/^[\s\ufeff]*/, ''))) open = '';
  }
  return open.trim() === '';
}

/** The same text for objects with the same members, in whatever order. */
function sorted(json: string | undefined): string {
  return json === undefined ? '' : textOf(parse(json), (members) => members.toSorted());
}

function textOf(node: Node, arrange = (members: string[]) => members): string {
  if (node.type === 'scalar') return node.text;
  if (node.type === 'array') return `[${node.items.map((item) => textOf(item, arrange)).join(',')}]`;
  return `{${arrange(node.members.map(({ rawKey, value }) => `${rawKey}:${textOf(value, arrange)}`)).join(',')}}`;
}
