import type { FailureReport, SliceSummary } from './events.ts';

/** What became of one unit of a delivery. */
export interface UnitReport {
  /** As a sentence names it: `s3://bucket/key`. */
  readonly title: string;
  readonly kind: 'accepted' | 'suppressed' | 'skipped' | 'failed';
  readonly rows: number;
  readonly stubs: number;
  readonly failure?: FailureReport;
}

/**
 * What a drain does, as plain data for whoever watches it from another process. Unlike events, which tell people and may
 * be left out, work depends on it: the summary of `npm start` folds over it.
 */
export type ProgressReport =
  | {
      readonly kind: 'delivery';
      /** Different for every slice of every process. */
      readonly slice: string;
      readonly id: string;
      /** Whether the source will not give it again. */
      readonly isDone: boolean;
      /** Why it was given back, or lost. */
      readonly failure?: FailureReport;
      readonly units: readonly UnitReport[];
    }
  | { readonly kind: 'circuit'; readonly circuit: string; readonly because?: FailureReport }
  | { readonly kind: 'slice'; readonly slice: string; readonly summary: SliceSummary };
