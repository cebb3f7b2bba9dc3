import { columns } from '../../columns.ts';
import { copyBytes } from '../../json/text.ts';
import { writeText } from '../bytes/cells.ts';
import { deriveCells } from '../derived.ts';

/** The row module asks for cells only inside containers that it nests no deeper. */
const nesting = new Uint8Array(64);

const names = columns.map(({ name }) => Buffer.from(`,"${name}":`));

/** Writes the cells derived from the valid JSON object at `start` behind one another to `out`; answers their length. */
export function writeDerivedCells(memory: Uint8Array, start: number, out: number): number {
  let at = out;
  for (const cell of deriveCells(memory, start, nesting)) {
    const name = names[cell.column] ?? new Uint8Array(0);
    at = copyBytes(name, 0, name.length, memory, at);
    at = writeText(memory, cell.start, cell.end, memory, at);
  }
  return at - out;
}
