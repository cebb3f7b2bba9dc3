import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import type { Failure } from '../../words/failure.ts';
import type { UnitName } from './unit.ts';

/** What a failed entry keeps of a delivery, enough to replay it when its source has long forgotten. */
export interface Evidence {
  /** The source's own name of the delivery. */
  readonly id: string;
  readonly body: string;
  /** How often it has come, this time included. */
  readonly receiveCount: number;
  /** Names the delivery's failed entry within its source: the same for the same body. No slash, no comma. */
  readonly entry: string;
}

declare const durable: unique symbol;

/** A delivery that is kept whole, and durably. To be made by `keptDelivery` alone, by whoever has just kept it. */
export interface KeptDelivery {
  /** `source/entry`. */
  readonly id: string;
  readonly [durable]: true;
}

/**
 * What could not be delivered, kept until it is. One entry a delivery, however much of it failed; it belongs to one source.
 * Every call may throw ConnectorError 'storage-unavailable'.
 */
export interface FailedEntries {
  /** `units` are those that failed. Undefined when the delivery could not be kept. */
  recordDelivery(
    source: string,
    evidence: Evidence,
    failure: Failure,
    units: readonly UnitName[],
  ): Promise<KeptDelivery | undefined>;
  /** The records of an accepted unit whose rows tell only a part: one entry, with the offset of each. */
  recordStubs(source: string, unit: UnitName, stubs: readonly StubNote[]): Promise<void>;
  /** The unit was accepted after all: it is taken off the entry with this id, which is closed when it was the last. */
  delivered(id: string, unit: UnitName): Promise<void>;
}

export function keptDelivery(id: string): KeptDelivery {
  return { id } as KeptDelivery;
}
