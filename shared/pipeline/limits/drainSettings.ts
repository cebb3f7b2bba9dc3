import type { Tuning } from '../../settings/table.ts';

/** The bounds of one drain of one source. Every number is a setting, declared in settings/table.ts, so that fault runs use seconds. */
export interface DrainSettings extends Tuning {
  /** Name of the source, for events. */
  readonly source: string;
  readonly allowedBuckets: readonly string[];
  /** Which drop records, as the rows are opened with: their names by their numbers, and what tells them from others. Default: none. */
  readonly selectors?: { readonly names: readonly string[]; readonly hash: string };
  /** Messages held at once, those whose rows only wait for their upload included. Default 1,000. */
  readonly messagesHeld?: number;
  /** A person waits: the first circuit that leaves nothing to do ends the slice. Default: it is probed, and waited for. */
  readonly endsWhenBlocked?: boolean;
  /** Messages one slice may send into back-off (they count as in flight) before it stops receiving. Default 1,000. */
  readonly messagesBackedOff?: number;
}
