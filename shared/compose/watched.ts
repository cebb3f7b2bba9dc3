import { type CircuitStore, circuitText } from '../pipeline/ports/circuits.ts';
import type { DrainPorts } from '../pipeline/ports/ports.ts';
import type { SettledDelivery } from '../pipeline/ports/settledDelivery.ts';
import type { UnitOutcome } from '../pipeline/ports/unitOutcome.ts';
import { failureReport } from '../words/failure.ts';
import type { ProgressReport, UnitReport } from '../words/progress.ts';

export type Watch = (report: ProgressReport) => void;

/** What is told of a delivery's end. */
export function deliveryReport(slice: string, { id, settlement, settled, units }: SettledDelivery): ProgressReport {
  return {
    kind: 'delivery',
    slice,
    id,
    isDone: settled.kind === 'done',
    ...(settlement.kind === 'acknowledged' ? {} : { failure: failureReport(settlement.failure) }),
    units: units.map(unitReport),
  };
}

function unitReport(outcome: UnitOutcome): UnitReport {
  if (outcome.kind === 'failed') {
    const { failure, unit } = outcome;
    return { title: unit.title, kind: 'failed', rows: 0, stubs: 0, failure: failureReport(failure) };
  }
  const { complete } = outcome;
  const { kind, unit } = complete;
  const rows = complete.kind === 'accepted' ? complete.rows : 0;
  return { title: unit.title, kind, rows, stubs: complete.kind === 'accepted' ? outcome.counts.stubs : 0 };
}

/** The same circuits, whose opening and closing is told. */
export function watchedCircuits(circuits: CircuitStore, watch: Watch): DrainPorts['circuits'] {
  return {
    load: () => circuits.load(),
    save(circuit) {
      const { because, name } = circuit;
      watch({ kind: 'circuit', circuit: circuitText(name), because: { ...because, owner: 'pipeline' } });
      return circuits.save(circuit);
    },
    suspect: (bucket) => circuits.suspect(bucket),
    remove(name) {
      watch({ kind: 'circuit', circuit: circuitText(name) });
      return circuits.remove(name);
    },
  };
}
