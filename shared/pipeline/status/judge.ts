import type { SourceStatus } from '../ports/status.ts';
import { type CredentialsState, credentialsState } from './credentials.ts';
import { type HeldUp, heldUp } from './heldUp.ts';
import type { KeptFailures, Observed } from './observed.ts';
import { type Colour, type Reason, worstOf } from './reason.ts';
import { arrivalReasons } from './rules/arrival.ts';
import { failureReasons } from './rules/failures.ts';
import { heartbeatReasons } from './rules/heartbeat.ts';
import { keptReasons } from './rules/kept.ts';
import { ledgerReasons } from './rules/ledger.ts';
import { queueReasons } from './rules/queue.ts';

/** How one source is, and why. */
export interface SourceHealth {
  readonly source: string;
  readonly colour: Colour;
  /** Worst first; empty when all is well. */
  readonly reasons: readonly Reason[];
  readonly credentials: CredentialsState;
  readonly heldUp: readonly HeldUp[];
  readonly status?: SourceStatus;
  readonly kept?: KeptFailures;
}

const rules: readonly ((observed: Observed) => readonly Reason[])[] = [
  heartbeatReasons,
  failureReasons,
  queueReasons,
  arrivalReasons,
  keptReasons,
  ledgerReasons,
];

/** Pure. Says nothing good that is not known: what storage does not tell is red. */
export function judged(observed: Observed): SourceHealth {
  const all = rules.flatMap((rule) => rule(observed));
  const reasons = [...all.filter(({ colour }) => colour === 'red'), ...all.filter(({ colour }) => colour === 'amber')];
  const { kept, source, status } = observed;
  return {
    source,
    colour: worstOf(reasons),
    reasons,
    credentials: credentialsState(observed),
    heldUp: heldUp(observed),
    ...(status === undefined ? {} : { status }),
    ...(kept === undefined ? {} : { kept }),
  };
}
