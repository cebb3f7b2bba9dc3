import type { FaultName } from '../run/faultKinds.ts';
import type { RunOutcome } from '../run/runOnce.ts';

/** What the command tells a lane. */
export type ToLane =
  | { readonly type: 'run'; readonly seed: number; readonly enabled: readonly FaultName[]; readonly trace: boolean }
  | { readonly type: 'stop' };

/** What a lane tells the command. */
export type FromLane =
  | { readonly type: 'ready' }
  | { readonly type: 'outcome'; readonly outcome: RunOutcome }
  /** The suite itself failed, not the connector. */
  | { readonly type: 'broken'; readonly seed: number; readonly reason: string };
