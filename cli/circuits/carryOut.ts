import type { SourceCircuit } from '../../shared/azure/ledger/tableCircuits.ts';
import { jsonText, shownLines, shownText } from '../../shared/kit/shortText.ts';
import { type CircuitName, circuitText } from '../../shared/pipeline/ports/circuits.ts';
import { shownAge } from '../replay/age.ts';
import { table } from '../table.ts';
import type { KeptCircuits } from './openCircuits.ts';

/** What is to be closed, as the list names it. */
export interface Closing {
  readonly source: string;
  readonly circuit: string;
}

/** Lists the open circuits, or closes one. */
export async function carryOut(
  closing: Closing | undefined,
  circuits: KeptCircuits,
  { json, now }: { readonly json: boolean; readonly now: number },
): Promise<{ readonly code: 0 | 1; readonly text: string }> {
  const open = await circuits.list();
  if (closing === undefined)
    return { code: 0, text: json ? asJson({ circuits: open.map(described) }) : listed(open, now) };
  const found = open.find(
    ({ source, circuit }) => source === closing.source && circuitText(circuit.name) === closing.circuit,
  );
  if (found !== undefined) await circuits.remove(found.source, found.circuit.name);
  const code = found === undefined ? 1 : 0;
  if (json) return { code, text: asJson({ closed: found === undefined ? [] : [described(found)] }) };
  const name = `${closing.source} ${closing.circuit}`;
  const text = found === undefined ? `no such circuit is open: ${name}` : `closed from the next slice on: ${name}`;
  return { code, text: `${shownLines(text)}\n` };
}

function described({ source, circuit: { because, name, nextProbeAt, openedAt, probes } }: SourceCircuit) {
  return {
    source,
    circuit: circuitText(name),
    effect: effectOf(name),
    since: new Date(openedAt).toISOString(),
    nextTrial: new Date(nextProbeAt).toISOString(),
    failedTrials: probes,
    ...because,
  };
}

function listed(open: readonly SourceCircuit[], now: number): string {
  if (open.length === 0) return 'No circuit is open: nothing is kept waiting.\n';
  const head = ['SOURCE', 'CIRCUIT', 'OPEN FOR', 'EFFECT'];
  const rows = open.map(({ source, circuit: { name, openedAt } }) => [
    source,
    circuitText(name),
    shownAge(now - openedAt),
    effectOf(name),
  ]);
  const reasons = open.map(({ source, circuit: { because, name } }) => {
    const remedy = because.remedy === undefined ? '' : `\n    ${shownText(because.remedy)}`;
    return `  ${source} ${circuitText(name)}: ${shownText(because.message)}${remedy}`;
  });
  return `${shownLines([...table(head, rows), '', ...reasons].join('\n'))}\n`;
}

function effectOf(name: CircuitName): string {
  switch (name.kind) {
    case 'source':
      return 'nothing is received from this source; the queue keeps its messages';
    case 'rule':
      return 'nothing is sent to this rule; if it is the only one, nothing is received either';
    case 'bucket':
      return `objects of ${name.bucket} are read one at a time, and most of their messages sent back`;
  }
}

function asJson(value: unknown): string {
  return `${jsonText(value)}\n`;
}
