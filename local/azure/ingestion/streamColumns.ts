/** Column types of a stream declaration: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure#streamdeclarations */
export type StreamColumnType = 'string' | 'int' | 'long' | 'real' | 'boolean' | 'dynamic' | 'datetime';

export interface StreamColumn {
  readonly name: string;
  readonly type: StreamColumnType;
}

/** A stream's columns, found by the bytes of a key without making a string of it. */
export interface ColumnIndex {
  readonly columns: readonly StreamColumn[];
  /** Position in `columns` of the key at bytes start..end (no escapes), else -1. */
  find(bytes: Uint8Array, start: number, end: number): number;
  typeOf(name: string): StreamColumnType | undefined;
}

export function indexColumns(columns: readonly StreamColumn[]): ColumnIndex {
  const names = columns.map((column) => Buffer.from(column.name));
  const size = 2 ** Math.ceil(Math.log2(Math.max(4, columns.length * 4)));
  const slots = new Int16Array(size).fill(-1);
  for (const [position, name] of names.entries()) {
    let slot = hash(name, 0, name.length) & (size - 1);
    while (slots[slot] !== -1) slot = (slot + 1) & (size - 1);
    slots[slot] = position;
  }
  const types = new Map(columns.map((column) => [column.name, column.type]));
  return {
    columns,
    typeOf: (name) => types.get(name),
    find(bytes, start, end) {
      let slot = hash(bytes, start, end) & (size - 1);
      for (;;) {
        const position = slots[slot] as number;
        if (position === -1) return -1;
        if (equals(names[position] as Uint8Array, bytes, start, end)) return position;
        slot = (slot + 1) & (size - 1);
      }
    },
  };
}

function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = end - start;
  for (let at = start; at < end; at++) value = (Math.imul(value, 31) + (bytes[at] as number)) | 0;
  return value ^ (value >>> 15);
}

function equals(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let at = 0; at < name.length; at++) if (name[at] !== bytes[start + at]) return false;
  return true;
}
