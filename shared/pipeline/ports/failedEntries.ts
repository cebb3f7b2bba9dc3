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
}

/**
 * What could not be delivered, kept until it is. An entry belongs to one source.
 * Every call may throw ConnectorError 'storage-unavailable'.
 */
export interface FailedEntries {
  /** A delivery that announces nothing that could be claimed. True once it is kept whole, and durably. */
  recordDelivery(source: string, evidence: Evidence, failure: Failure): Promise<boolean>;
  recordUnit(source: string, unit: UnitName, evidence: Evidence, failure: Failure): Promise<void>;
  /** The records of an accepted unit whose rows tell only a part: one entry, with the offset of each. */
  recordStubs(source: string, unit: UnitName, stubs: readonly StubNote[]): Promise<void>;
  /** The unit was accepted after all. */
  delivered(source: string, unit: UnitName): Promise<void>;
}
