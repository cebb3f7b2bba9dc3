import { gunzipSync } from 'node:zlib';
import { describeObjectKey } from '../../shared/cloudtrail/announcing/objectKey.ts';
import { rowCells } from '../fuzz/rowCells.ts';
import { oracleRow } from '../oracle.ts';
import { packFiles } from './designs/packFiles.ts';
import { type LogFile, loadLogFiles } from './logFiles.ts';

/** Whether the rows that would be uploaded are those of a plain mapping that shares no code with the row engine. */
export interface Comparison {
  readonly records: number;
  /** Rows found in bodies. */
  readonly rows: number;
  /** Rows of which every cell was compared. */
  readonly compared: number;
  readonly different: number;
  /** What the first difference is. */
  readonly example?: string;
}

/** Packs a folder's files as the product does, and compares one row in `step`. */
export async function compareRows(folder: string, step: number): Promise<Comparison> {
  const files = loadLogFiles(folder);
  const found = { records: 0, rows: 0, compared: 0, different: 0, examples: [] as string[] };
  // Some at a time: text takes more room than bytes.
  for (let at = 0; at < files.length; at += filesAtOnce) {
    const group = files.slice(at, at + filesAtOnce);
    const rows = await packedRows(group);
    for (const file of group) {
      const sourceObject = describeObjectKey(file.name).sourceObject;
      const records = recordsOf(file);
      const own = rows.get(sourceObject) ?? [];
      found.records += records.length;
      found.rows += own.length;
      for (let index = found.records % step; index < records.length; index += step) {
        found.compared += 1;
        const difference = differenceOf(records[index] ?? '', own[index] ?? '{}', file, sourceObject);
        if (difference === undefined) continue;
        found.different += 1;
        found.examples.push(`${file.name}, record ${index}: ${difference}`);
      }
    }
  }
  const { examples, ...counts } = found;
  return examples[0] === undefined ? counts : { ...counts, example: examples[0] };
}

const filesAtOnce = 200;

/** The text of every row in the bodies, by the file it came from, in order. */
async function packedRows(files: readonly LogFile[]): Promise<Map<string, string[]>> {
  const rows = new Map<string, string[]>();
  const take = async (body: Uint8Array): Promise<Uint8Array> => {
    for (const row of elementsOf(Buffer.from(body))) {
      const of = /"SourceObject":"([^"]*)"/.exec(row)?.[1] ?? '';
      const others = rows.get(of);
      if (others === undefined) rows.set(of, [row]);
      else others.push(row);
    }
    return body;
  };
  await packFiles(files, { level: 1, compress: take, onFile: () => undefined, onBody: () => undefined });
  return rows;
}

const head = '{"Records":';

function recordsOf(file: LogFile): string[] {
  return elementsOf(gunzipSync(file.whole()).subarray(head.length, -1));
}

/** The text of each element of a JSON array. */
function elementsOf(array: Buffer): string[] {
  const ends = [...separatorsOf(array), array.length - 1];
  return ends.map((end, index) => array.toString('utf8', index === 0 ? 1 : (ends[index - 1] ?? 0) + 1, end));
}

/** Where the commas between the elements stand: outside of strings and of nested values. */
function separatorsOf(array: Buffer): number[] {
  const separators: number[] = [];
  let depth = 0;
  for (let at = 0; at < array.length; at++) {
    const character = String.fromCharCode(array[at] ?? 0);
    if (character === '"') {
      for (at++; array[at] !== 0x22; at++) if (array[at] === 0x5c) at++;
    } else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    else if (character === ',' && depth === 1) separators.push(at);
  }
  return separators;
}

function differenceOf(record: string, row: string, file: LogFile, sourceObject: string): string | undefined {
  const [cells = new Map<string, string>()] = rowCells(`[${row}]`);
  // A shortened row says so; what it was shortened to is not this comparison's matter.
  if (cells.has('TruncatedColumns')) return undefined;
  const fallbackTime = describeObjectKey(file.name).deliveredAt ?? '2026-11-01T00:00:00Z';
  const expected = oracleRow(record, { sourceObject, fallbackTime });
  for (const name of new Set([...expected.keys(), ...cells.keys()])) {
    if (expected.get(name) !== cells.get(name)) {
      return `${name} is ${cells.get(name)} where the plain mapping has ${expected.get(name)}`;
    }
  }
  return undefined;
}

if (import.meta.main) {
  const [, , folder = '', step = '1'] = process.argv;
  console.log(JSON.stringify(await compareRows(folder, Number(step))));
}
