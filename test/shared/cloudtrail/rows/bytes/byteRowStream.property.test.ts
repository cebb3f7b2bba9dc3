import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compact, type Member, type Node, oracleRow, parse } from '../../../../../proof/oracle.ts';
import { columns } from '../../../../../shared/cloudtrail/columns.ts';
import { openByteRowStream } from '../../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { context, logOf, map } from '../mapping.ts';
import { logFile, pieces, record } from '../records.ts';

const names: readonly string[] = columns.map(({ name }) => name);

describe('openByteRowStream, on any input', () => {
  test('writes the rows of the plain mapping, however the bytes are cut', () => {
    fc.assert(
      fc.property(logFile, pieces, ({ text, records }, lengths) => {
        const mapped = map(text, { pieces: lengths });
        expect(mapped.error).toBeUndefined();
        expect(mapped.bodies.flatMap(rowsOf).map(comparable)).toEqual(records.map(expectedRow).map(comparable));
        expect(mapped.counts).toMatchObject({
          records: records.length,
          rows: records.length,
          stubs: 0,
          gathered: 0,
          truncated: 0,
        });
      }),
      { numRuns: 120 },
    );
  });

  test('writes every column in the order of the table', () => {
    fc.assert(
      fc.property(record, (each) => {
        const [row = {}] = map(logOf(each)).rows;
        const order = Object.keys(row).map((name) => names.indexOf(name));
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(order[0]).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('refuses a damaged file exactly when it is no JSON', () => {
    fc.assert(
      fc.property(
        logFile,
        pieces,
        fc.nat(),
        fc.nat(255),
        fc.constantFrom('replace', 'insert', 'remove', 'cut'),
        (log, lengths, where, byte, how) => {
          const bytes = damage(Buffer.from(log.text), where, byte, how);
          const mapped = map(bytes, { pieces: lengths });
          // Every row before the damage is whole, whatever follows; `rows` would have thrown otherwise.
          expect(mapped.rows.length).toBe(mapped.counts.rows);
          const whole = bytes.subarray(0, bytes.length - mapped.counts.trailingBytes);
          expect(isLogFile(whole)).toBe(mapped.error === undefined);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('keeps rows valid and inside every limit when columns and bodies are small', () => {
    const open = openByteRowStream({ columnBytesCap: 200, recordBytesCap: 1500, depthCap: 8 });
    fc.assert(
      fc.property(logFile, pieces, fc.integer({ min: 700, max: 3000 }), ({ text, records }, lengths, limit) => {
        const mapped = map(text, { pieces: lengths, limit, open });
        expect(mapped.error).toBeUndefined();
        expect(mapped.rows.length).toBe(records.length);
        for (const row of mapped.bodies.flatMap(rowsOf)) {
          for (const [name, cell] of Object.entries(row)) {
            const text: unknown = name === 'UnmappedFields' ? cell : JSON.parse(cell);
            if (name !== 'TruncatedColumns') expect(Buffer.byteLength(String(text))).toBeLessThanOrEqual(200);
          }
        }
      }),
      { numRuns: 80 },
    );
  });
});

function expectedRow(text: string): Record<string, string> {
  return Object.fromEntries(oracleRow(text, context));
}

function comparable({ UnmappedFields: unmapped, ...row }: Record<string, string>): unknown {
  return { ...row, unmapped: unmapped === undefined ? undefined : compact(sorted(parse(unmapped))) };
}

/** The rows of a body, each cell as its JSON text. */
function rowsOf(body: string): Record<string, string>[] {
  const node = parse(body);
  if (node.type !== 'array') throw new Error('a body is an array');
  return node.items.map((row) => Object.fromEntries(membersOf(row).map(({ key, value }) => [key, compact(value)])));
}

/** An earlier one of repeated keys is noted when the later one is met, so the order of different keys is free. */
function sorted(node: Node): Node {
  if (node.type !== 'object') return node;
  const members = node.members.map((member) => ({ ...member, value: sorted(member.value) }));
  return { ...node, members: members.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)) };
}

function membersOf(row: Node): readonly Member[] {
  return row.type === 'object' ? row.members : [];
}

function damage(bytes: Buffer, where: number, byte: number, how: string): Buffer {
  const at = bytes.length === 0 ? 0 : where % bytes.length;
  const before = bytes.subarray(0, at);
  switch (how) {
    case 'replace':
      return Buffer.concat([before, Buffer.from([byte]), bytes.subarray(at + 1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.from([byte]), bytes.subarray(at)]);
    case 'remove':
      return Buffer.concat([before, bytes.subarray(at + 1)]);
    default:
      return before;
  }
}

function isLogFile(bytes: Buffer): boolean {
  try {
    const log: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof log === 'object' && log !== null && 'Records' in log && hasArray(bytes);
  } catch {
    return false;
  }
}

/** Of several `Records` one array is enough. */
function hasArray(bytes: Buffer): boolean {
  const log = parse(new TextDecoder().decode(bytes));
  return log.type === 'object' && log.members.some(({ key, value }) => key === 'Records' && value.type === 'array');
}
