import { storageProblems, storageValues } from '../../../azure/storage/accountValues.ts';
import type { Environment } from '../../../settings/reader.ts';
import { readSettings } from '../../../settings/settings.ts';
import { failure, type Link, ok, warning } from '../link.ts';

/** Everything the app is told, and names that look like settings and are none. */
export function settingsLink(environment: Environment): Link {
  return {
    name: 'settings',
    needs: [],
    run: async () => {
      const reading = readSettings(environment);
      const problems = [...(reading.ok ? [] : reading.problems), ...storageProblems(storageValues(environment))];
      const doubts = reading.doubts.join('; ');
      if (problems.length > 0) {
        const said = [...problems, ...reading.doubts].join('; ');
        return failure('settings-invalid', said, 'Put the settings named here right; docs/settings.md tells of each.');
      }
      if (doubts !== '') {
        return warning(
          'setting-misspelt',
          doubts,
          'Rename the setting, or remove it when it is not meant for this app.',
        );
      }
      const sources = reading.ok ? reading.settings.sources.map(({ name }) => name) : [];
      return ok(`complete and consistent; ${sources.length === 1 ? 'one source' : `sources ${sources.join(', ')}`}`);
    },
  };
}
