import { isDeepStrictEqual } from 'node:util';
import { openByteRowStream } from '../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import type { OpenRowStream } from '../../shared/cloudtrail/rows/engine.ts';
import { openWasmRowStream } from '../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { ConnectorError } from '../../shared/words/errors.ts';
import { caseBounds, dropOdd, type FuzzCase } from './fuzzCase.ts';
import { checkAgainstOracle } from './oracleCheck.ts';
import { type ClosedBody, type Reading, readLog } from './readLog.ts';
import { rowCells } from './rowCells.ts';

/** Reads a case with every engine, and says what is wrong with what they made of it; undefined when nothing is. */
export function checkCase(input: FuzzCase): string | undefined {
  const { bytes, wasm, wasmInSmallBlocks } = engines(input);
  const reference = readLog(bytes, input);
  const rows = rowsOf(reference);
  const problem =
    checkReading(reference, rows, input) ??
    (typeof rows === 'string' ? rows : checkAgainstOracle(input, reference, rows));
  if (problem !== undefined) return `byte engine: ${problem}`;
  for (const [name, open] of Object.entries({ wasm, wasmInSmallBlocks })) {
    const reading = readLog(open, input);
    const difference = checkReading(reading, rowsOf(reading), input) ?? firstDifference(reference, rows, reading);
    if (difference !== undefined) return `${name}: ${difference}`;
  }
  return undefined;
}

const opened = new Map<string, Readonly<Record<'bytes' | 'wasm' | 'wasmInSmallBlocks', OpenRowStream>>>();

/** Kept from case to case: what one leaves in the module's memory must not matter to the next. */
function engines({ bounds, keeps }: FuzzCase) {
  const options = { ...caseBounds[bounds], judge: keeps === 'even' ? dropOdd : undefined };
  const made = opened.get(`${bounds} ${keeps}`) ?? {
    bytes: openByteRowStream(options),
    wasm: openWasmRowStream(options),
    wasmInSmallBlocks: openWasmRowStream({ ...options, blockBytes: 1000 }),
  };
  opened.set(`${bounds} ${keeps}`, made);
  return made;
}

/** What must hold of every reading by itself. */
function checkReading(reading: Reading, rows: RowCells | string, { limit }: FuzzCase): string | undefined {
  const { bodies, counts, stubs, error } = reading;
  if (error !== undefined && !(error instanceof ConnectorError)) return `threw ${describeError(error)}`;
  if (error !== undefined && !framingCodes.has(error.code)) return `threw the code ${error.code}`;
  if (typeof rows === 'string') return rows;
  const tooLong = bodies.find((body) => body.bytes > limit);
  if (tooLong !== undefined) return `a body of ${tooLong.bytes} bytes, over the limit of ${limit}`;
  if (bodies.some((body, index) => rows[index]?.length !== body.rows.length))
    return 'a body with another number of rows than it says';
  const marked = bodies.findIndex((body, index) => !isMarked(body, rows[index] ?? []));
  if (marked >= 0) return `a row or event ID of body ${marked} does not lie where the engine says`;
  const total = rows.flat().length;
  if (counts.rows !== total) return `${counts.rows} rows counted, ${total} written`;
  if (counts.records !== total + counts.dropped)
    return `${counts.records} records counted, ${counts.dropped} dropped, ${total} rows written`;
  if (counts.dropped !== counts.droppedBy.reduce((sum, count) => sum + count, 0))
    return `${counts.dropped} records dropped, by selectors ${counts.droppedBy.join(', ')}`;
  const noted = stubs.reduce((sum, { records: gathered = 1 }) => sum + gathered, 0);
  if (counts.stubs !== noted) return `${counts.stubs} stubs counted, ${noted} noted`;
  return undefined;
}

/** Whether rows, event IDs and times lie where the marks say. */
function isMarked(
  { eventIds, rows, seconds, text, times }: ClosedBody,
  cells: readonly Map<string, string>[],
): boolean {
  if (text !== `[${rows.join(',')}]`) return false;
  return cells.every((row, index) => {
    const time = row.get('TimeGenerated')?.slice(1, -1) ?? '';
    const isAtTime = time === times[index] && Math.floor(Date.parse(time) / 1000) === seconds[index];
    return isAtTime && (row.get('AwsEventId')?.slice(1, -1) ?? '') === eventIds[index];
  });
}

/** Per body, per row, the text of its cells. */
type RowCells = readonly (readonly Map<string, string>[])[];

function rowsOf({ bodies }: Reading): RowCells | string {
  try {
    for (const { text } of bodies) JSON.parse(text);
    return bodies.map(({ text }) => rowCells(text));
  } catch (error) {
    return `a body is no JSON: ${describeError(error)}`;
  }
}

function firstDifference(a: Reading, rowsOfA: RowCells | string, b: Reading): string | undefined {
  const rowsOfB = rowsOf(b);
  const cellsOfA = typeof rowsOfA === 'string' ? [] : rowsOfA.flat();
  const cellsOfB = typeof rowsOfB === 'string' ? [] : rowsOfB.flat();
  for (const [index, expected] of cellsOfA.entries()) {
    const row = cellsOfB[index] ?? new Map<string, string>();
    for (const name of new Set([...expected.keys(), ...row.keys()])) {
      if (expected.get(name) !== row.get(name)) {
        return `row ${index}, ${name}: ${short(row.get(name))} in place of ${short(expected.get(name))}`;
      }
    }
  }
  if (cellsOfA.length !== cellsOfB.length) return `${cellsOfB.length} rows in place of ${cellsOfA.length}`;
  for (const what of ['counts', 'stubs'] as const) {
    if (!isDeepStrictEqual(a[what], b[what]))
      return `${what} ${JSON.stringify(b[what])} in place of ${JSON.stringify(a[what])}`;
  }
  const [errorOfA, errorOfB] = [describeError(a.error), describeError(b.error)];
  if (errorOfA !== errorOfB) return `${errorOfB} in place of ${errorOfA}`;
  // A row that is repaired or longer than a whole body may begin another body in one engine and not in the other.
  if (a.counts.truncated + a.counts.repaired > 0) return undefined;
  const [sizesOfA, sizesOfB] = [a, b].map(({ bodies }) =>
    bodies.map(({ bytes, rows }) => `${rows.length} in ${bytes}`).join(),
  );
  return sizesOfA === sizesOfB ? undefined : `bodies of ${sizesOfB} in place of ${sizesOfA}`;
}

const framingCodes: ReadonlySet<string> = new Set(['json-invalid', 'no-records', 'object-empty']);

function describeError(error: unknown): string {
  if (error === undefined) return 'no error';
  if (error instanceof ConnectorError) return `${error.code} at ${error.at.offset}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function short(text: string | undefined): string {
  return text === undefined ? 'nothing' : text.length <= 300 ? text : `${text.slice(0, 300)}… (${text.length})`;
}
