import { addresses } from './addresses.ts';
import { conversions } from './conversions.ts';
import { dynamics } from './dynamics.ts';
import type { ScalarFunction } from './registry.ts';
import { strings } from './strings.ts';
import { times } from './times.ts';

/** Functions of values alone; those of time and rows are the evaluator's. */
export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = new Map(
  Object.entries({ ...addresses, ...conversions, ...dynamics, ...strings, ...times }),
);
