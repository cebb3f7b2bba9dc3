import type { Settled, Settlement } from './settlement.ts';
import type { UnitOutcome } from './unitOutcome.ts';

/** One delivery's end: what was found, what its source made of it, and what became of each unit. */
export interface SettledDelivery {
  readonly id: string;
  readonly settlement: Settlement;
  readonly settled: Settled;
  readonly units: readonly UnitOutcome[];
}
