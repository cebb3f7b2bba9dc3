import { storageProblems, storageValues } from '../azure/storage/accountValues.ts';
import type { Environment } from '../settings/reader.ts';
import { readSettings } from '../settings/settings.ts';

/** Everything that is wrong with an environment: with our own settings, and with those of the host that we read as well. */
export function settingsProblems(environment: Environment): readonly string[] {
  const reading = readSettings(environment);
  return [...(reading.ok ? [] : reading.problems), ...storageProblems(storageValues(environment))];
}
