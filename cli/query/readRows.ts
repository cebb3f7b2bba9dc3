import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Row } from '../../local/kql/rows.ts';
import type { Value } from '../../local/kql/values.ts';
import { rowOf } from '../../local/kql/workspace.ts';
import { openByteRowStream } from '../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { printRows } from '../map/printRows.ts';
import { type LeftOutFile, readLogFolder } from '../start/feed/logFolder.ts';

const openRows = openByteRowStream();

/** Rows as `npm run map` prints them, one a line. @throws Error naming the line that is none */
export async function rowsOfFile(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === '') continue;
    rows.push(rowOf(parsed(text, `${path}, line ${line}`)));
  }
  return rows;
}

export interface FolderRows {
  readonly rows: readonly Row[];
  readonly files: number;
  readonly leftOut: readonly LeftOutFile[];
}

/** Rows of a folder of CloudTrail files, by the connector's own mapping. */
export async function rowsOfFolder(folder: string, onFile: (files: number, rows: number) => void): Promise<FolderRows> {
  const rows: Row[] = [];
  const leftOut: LeftOutFile[] = [];
  let files = 0;
  for await (const { path } of readLogFolder(folder, {
    now: Date.now(),
    leaveOut: (file) => void leftOut.push(file),
  })) {
    try {
      await printRows(path, process.stdin, intoRows(rows), openRows);
    } catch (error) {
      leftOut.push({ path, reason: error instanceof Error ? error.message : String(error), isFailure: true });
    }
    files += 1;
    onFile(files, rows.length);
  }
  return { rows, files, leftOut };
}

/** Takes whole lines only, as they are printed. */
function intoRows(rows: Row[]): Writable {
  return new Writable({
    write(lines: Buffer, _encoding, done) {
      for (const text of lines.toString('utf8').split('\n'))
        if (text !== '') rows.push(rowOf(parsed(text, 'a mapped row')));
      done();
    },
  });
}

function parsed(text: string, where: string): { readonly [column: string]: Value } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as { readonly [column: string]: Value };
  } catch {
    // Told below, as every line that is no row.
  }
  throw new Error(`${where} is no row: it must be one JSON object, as "npm run map" prints them`);
}
