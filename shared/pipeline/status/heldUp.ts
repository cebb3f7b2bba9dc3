import { circuitText } from '../ports/circuits.ts';
import type { Observed } from './observed.ts';

/** An open circuit, and what waits for it. */
export interface HeldUp {
  readonly circuit: string;
  readonly since: number;
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  /** Such as "everything of this source". */
  readonly holds: string;
  /** No probe before this time; undefined when only the last slice told of it. */
  readonly nextProbeAt?: number;
}

/** The circuits that are open now, with the objects that the last slice counted; when they are not known, what that slice told. */
export function heldUp({ circuits, status }: Observed): readonly HeldUp[] {
  const told = status?.summary.heldBack ?? [];
  const objectsOf = (circuit: string) => told.find((each) => each.circuit === circuit)?.objects;
  if (circuits === undefined) {
    return told.map(({ circuit, code, message, objects, remedy, since }) => ({
      ...{ circuit, code, message, since: Date.parse(since), holds: effectOf(circuit, objects) },
      ...(remedy === undefined ? {} : { remedy }),
    }));
  }
  return circuits.map(({ because, name, nextProbeAt, openedAt }) => {
    const circuit = circuitText(name);
    return { circuit, ...because, since: openedAt, nextProbeAt, holds: effectOf(circuit, objectsOf(circuit)) };
  });
}

function effectOf(circuit: string, objects: number | undefined): string {
  const [kind, name] = circuit.split('/');
  if (kind === 'source') return 'everything of this source waits in the queue';
  if (kind === 'rule') return `nothing is sent through rule ${name}`;
  const count = objects === undefined ? 'some' : String(objects);
  return `${count} log files of bucket ${name} wait; other buckets go on`;
}
