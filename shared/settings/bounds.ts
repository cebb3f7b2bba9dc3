import { type SettingName, settingsTable } from './table.ts';

/** From where to where a setting goes, so that a command refuses what the connector would. @throws RangeError for one without bounds */
export function boundsOf(name: SettingName): readonly [least: number, most: number] {
  const { bounds } = settingsTable[name];
  if (bounds === undefined) throw new RangeError(`the setting ${name} has no bounds`);
  return bounds;
}
