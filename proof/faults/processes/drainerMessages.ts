import type { SliceSummary } from '../../../shared/words/events.ts';
import type { Pace } from '../stories/storyClock.ts';

/** What the supervisor tells a drainer. */
export type ToDrainer =
  /** Begins to drain, slice after slice. */
  | {
      readonly type: 'drain';
      readonly pace: Pace;
      readonly seed: number;
      readonly settings: Readonly<Record<string, string>>;
    }
  | { readonly type: 'pace'; readonly pace: Pace }
  /** Ends as a host ends its workers: what is held goes back. */
  | { readonly type: 'stop' };

/** What a drainer tells its supervisor. */
export type FromDrainer =
  | { readonly type: 'ready' }
  | { readonly type: 'slices'; readonly summaries: readonly SliceSummary[] }
  | { readonly type: 'line'; readonly level: string; readonly line: string };
