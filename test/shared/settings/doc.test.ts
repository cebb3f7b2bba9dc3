import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderSampleSettings, renderSettingsDoc, sourcesExample } from '../../../shared/settings/doc.ts';
import { readSettings } from '../../../shared/settings/settings.ts';
import { formOf, settingNames, settingsTable } from '../../../shared/settings/table.ts';
import { problemOf } from '../../../shared/settings/value.ts';

const committed = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const sample = JSON.parse(renderSampleSettings()) as { Values: Record<string, string> };

describe('renderSettingsDoc', () => {
  it('is what docs/settings.md says', () => {
    expect(committed('docs/settings.md')).toBe(renderSettingsDoc());
  });

  it('has one row for every setting, with its sentence', () => {
    const rows = renderSettingsDoc().split('\n');
    for (const name of settingNames) {
      const own = rows.filter((row) => row.startsWith(`| \`${name}\` |`));
      expect(own).toEqual([expect.stringContaining(settingsTable[name].sentence)]);
    }
  });

  it('shows an example of SOURCES that is accepted', () => {
    expect(renderSettingsDoc()).toContain(JSON.stringify(sourcesExample, undefined, 2));
    expect(readSettings({ ...sample.Values, SOURCES: JSON.stringify(sourcesExample) })).toMatchObject({ ok: true });
  });
});

describe('renderSampleSettings', () => {
  it('is what local.settings.sample.json says', () => {
    expect(committed('local.settings.sample.json')).toBe(renderSampleSettings());
  });

  it('passes the checks as it stands', () => {
    expect(readSettings(sample.Values)).toMatchObject({ ok: true });
  });

  it('holds no secret', () => {
    expect(
      Object.keys(sample.Values).filter((name) =>
        settingNames.some((known) => known === name && settingsTable[known].secret),
      ),
    ).toEqual([]);
  });
});

describe('settingsTable', () => {
  const shown = settingNames.filter((name) => !settingsTable[name].secret);

  it.each(shown)('has an example and a default for %s that pass its own check', (name) => {
    const { example, fallback } = settingsTable[name];
    expect(problemOf(name, { label: name, text: example })).toBeUndefined();
    expect(problemOf(name, { label: name, text: fallback ?? example })).toBeUndefined();
  });

  it.each(settingNames)('says what %s must be', (name) => {
    expect(formOf(name)).not.toMatch(/undefined|,,/);
  });
});
