import type { SettingsReader } from './reader.ts';
import { type Setting, type SettingName, settingNames, settingsTable, type Tuning } from './table.ts';

/** The numbers of a drain as they are set. */
export function readTuning(read: SettingsReader, problems: Set<string>): Tuning {
  noteContradictions(read, problems);
  return tuningFrom((name) => read.number(name));
}

/** The numbers of a drain as they are when nobody sets any. */
export const defaultTuning: Tuning = Object.freeze(tuningFrom((name) => Number(settingsTable[name].fallback)));

function tuningFrom(numberOf: (name: SettingName) => number): Tuning {
  const fields = settingNames.flatMap((name) => {
    const { field, times }: Setting = settingsTable[name];
    return field === undefined ? [] : [[field, numberOf(name) * (times ?? 1)] as const];
  });
  // The type's names are those of the table's fields.
  return Object.fromEntries(fields) as Tuning;
}

function noteContradictions(read: SettingsReader, problems: Set<string>): void {
  const note = (
    name: SettingName,
    other: SettingName,
    relation: string,
    isWrong: (a: number, b: number) => boolean,
  ) => {
    const [value, limit] = [read.number(name), read.number(other)];
    if (isWrong(value, limit)) {
      problems.add(`${name} must be ${relation} ${other}; got "${value}" and "${limit}"`);
    }
  };
  note('SLICE_SECONDS', 'STOP_RECEIVING_SECONDS', 'more than', (slice, stop) => slice <= stop);
  // One renewal may fail and the next still comes in time.
  note('VISIBILITY_SECONDS', 'HEARTBEAT_SECONDS', 'more than twice', (visibility, beat) => visibility <= 2 * beat);
  note('LINGER_MS', 'SLICE_SECONDS', 'less than', (linger, slice) => linger >= slice * 1000);
}
