import type { Mutant } from './mutants.ts';

/** Which tests to run, over which mutant; without one, over the sources as they are. */
export interface RunOrder {
  readonly mutant?: Mutant;
  readonly tests: readonly string[];
}

/** Whether a test noticed, and how long they took. */
export interface RunAnswer {
  readonly failed: boolean;
  readonly ms: number;
}
