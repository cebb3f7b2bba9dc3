import { type SettingName, settingsTable } from './table.ts';
import { type FoundValue, missing, problemOf } from './value.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads one setting after the other and notes every problem instead of stopping at the first. */
export interface SettingsReader {
  /** Undefined when it is absent and has no default, or wrong: then a problem was noted. */
  optional(name: SettingName): string | undefined;
  /** As `optional`, but absence is a problem; `because` says what makes the setting necessary. */
  required(name: SettingName, because?: string): string | undefined;
  /** NaN when it is wrong, so that no relation with it is reported as well. */
  number(name: SettingName): number;
  /** What a person should look for: the plain name, or the field of a source. */
  labelOf(name: SettingName): string;
}

/** `find` answers with the label even when there is no text. */
export function createReader(
  find: (name: SettingName) => FoundValue | { readonly label: string },
  problems: Set<string>,
): SettingsReader {
  const optional = (name: SettingName): string | undefined => {
    const found = find(name);
    if (!('text' in found)) return settingsTable[name].fallback;
    const problem = problemOf(name, found);
    if (problem === undefined) return found.text;
    problems.add(problem);
    return undefined;
  };
  return {
    optional,
    required(name, because) {
      const found = find(name);
      if (!('text' in found)) problems.add(missing(name, found.label, because));
      return optional(name);
    },
    number: (name) => Number(optional(name)),
    labelOf: (name) => find(name).label,
  };
}

/** A setting that is empty or blank counts as absent: portals keep the name when a value is cleared. */
export function findPlain(environment: Environment, name: SettingName): FoundValue | { readonly label: string } {
  const text = environment[name]?.trim() ?? '';
  return text === '' ? { label: name } : { label: name, text };
}
