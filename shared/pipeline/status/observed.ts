import type { OpenCircuit } from '../ports/circuits.ts';
import type { SourceStatus } from '../ports/status.ts';

/** One thing that could not be delivered, and is kept. */
export interface KeptFailure {
  /** To name it by in `npm run replay`. */
  readonly id: string;
  readonly reason: string;
  readonly message: string;
  readonly remedy?: string;
  readonly lastAt: number;
}

export interface KeptFailures {
  readonly count: number;
  /** There are more than were counted. */
  readonly isMore: boolean;
  /** Latest first. */
  readonly latest: readonly KeptFailure[];
}

/** Why something about a source is not known. */
export interface Unknown {
  readonly message: string;
  readonly remedy?: string;
}

/** All that storage tells of one source, at one moment. Times are milliseconds since the epoch, by storage's clock. */
export interface Observed {
  readonly source: string;
  readonly now: number;
  /** A last slice that ended longer ago than this means that nothing drains the source any more. */
  readonly staleAfterMs: number;
  /** Undefined when no slice has ever ended, or when it is not known. */
  readonly status?: SourceStatus;
  readonly circuits?: readonly OpenCircuit[];
  readonly kept?: KeptFailures;
  /** Storage did not answer, or is missing: what is absent above is not known. */
  readonly unknown?: Unknown;
}
