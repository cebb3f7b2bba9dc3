import { odata } from '@azure/data-tables';
import {
  type CircuitName,
  type CircuitStore,
  circuitNamed,
  circuitText,
  type KeptCircuits,
  type OpenCircuit,
  type SuspectedBucket,
} from '../../pipeline/ports/circuits.ts';
import { isErrorCode } from '../../words/errors.ts';
import type { Entity, Table } from '../storage/table.ts';

export interface TableCircuitsOptions {
  readonly table: Table;
  readonly source: string;
  /** Times are kept by the service's clock: who is hours ahead must not keep the others from probing. */
  readonly time: { readonly differenceMs: number };
}

/** Open circuits of one source, for all instances: whoever wrote last knows best. */
export function tableCircuits({ table, source, time }: TableCircuitsOptions): CircuitStore {
  // Table keys take no slash.
  const keyOf = (name: CircuitName) => ({ partitionKey: source, rowKey: circuitText(name).replaceAll('/', '|') });
  return {
    load: async (): Promise<KeptCircuits> => {
      const open: OpenCircuit[] = [];
      const suspected: SuspectedBucket[] = [];
      for await (const { entities } of table.pages({ filter: odata`PartitionKey eq ${source}` })) {
        open.push(...entities.map(circuitOf).filter((circuit) => circuit !== undefined));
        suspected.push(...entities.map(suspectedOf).filter((bucket) => bucket !== undefined));
      }
      // The answer has told the service's time by now.
      return {
        open: open.map((circuit) => moved(circuit, -time.differenceMs)),
        suspected: suspected.map((bucket) => ({ ...bucket, at: bucket.at - time.differenceMs })),
      };
    },
    save: (circuit) => table.put({ ...keyOf(circuit.name), ...entityOf(moved(circuit, time.differenceMs)) }),
    suspect: ({ name, objects, at }) =>
      table.put({
        ...keyOf(name),
        name: circuitText(name),
        suspectedAt: new Date(at + time.differenceMs),
        objects: objects.join(' '),
      }),
    remove: (name) => table.remove(keyOf(name)),
  };
}

export interface SourceCircuit {
  readonly source: string;
  readonly circuit: OpenCircuit;
}

/** Nobody calls a source nothing. */
const everySource = odata`PartitionKey gt ${''}`;

/** The open circuits of every source that ever used this table. */
export async function circuitsOfAllSources({
  table,
  time,
}: Omit<TableCircuitsOptions, 'source'>): Promise<readonly SourceCircuit[]> {
  const all: SourceCircuit[] = [];
  for await (const { entities } of table.pages({ filter: everySource })) {
    for (const entity of entities) {
      const circuit = circuitOf(entity);
      if (circuit !== undefined) all.push({ source: String(entity['partitionKey']), circuit });
    }
  }
  return all.map(({ source, circuit }) => ({ source, circuit: moved(circuit, -time.differenceMs) }));
}

function moved(circuit: OpenCircuit, byMs: number): OpenCircuit {
  return { ...circuit, openedAt: circuit.openedAt + byMs, nextProbeAt: circuit.nextProbeAt + byMs };
}

function entityOf({ name, openedAt, because, nextProbeAt, probes }: OpenCircuit) {
  return {
    name: circuitText(name),
    openedAt: new Date(openedAt),
    nextProbeAt: new Date(nextProbeAt),
    probes,
    code: because.code,
    message: because.message.slice(0, 4_000).toWellFormed(),
    remedy: because.remedy?.slice(0, 4_000).toWellFormed(),
  };
}

/** What another version wrote, or a hand, and cannot be read is no circuit: if it should be open, it opens again. */
function circuitOf(entity: Entity): OpenCircuit | undefined {
  const { openedAt, nextProbeAt, probes, code, message, remedy } = entity;
  const name = circuitNamed(String(entity['name']));
  if (name === undefined || !(openedAt instanceof Date) || !(nextProbeAt instanceof Date)) return undefined;
  return {
    name,
    openedAt: openedAt.getTime(),
    nextProbeAt: nextProbeAt.getTime(),
    probes: typeof probes === 'number' ? probes : 0,
    because: {
      code: isErrorCode(code) ? code : 'bug',
      message: String(message),
      ...(typeof remedy === 'string' ? { remedy } : {}),
    },
  };
}

/** As for circuits: what cannot be read is not suspected. */
function suspectedOf({ name: text, objects, suspectedAt }: Entity): SuspectedBucket | undefined {
  const name = circuitNamed(String(text));
  if (name?.kind !== 'bucket' || !(suspectedAt instanceof Date)) return undefined;
  return { name, objects: String(objects).split(' '), at: suspectedAt.getTime() };
}
