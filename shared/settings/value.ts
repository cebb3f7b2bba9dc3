import { maskedValue } from '../kit/mask.ts';
import { shown } from '../kit/shortText.ts';
import { parseQueueUrl, partitionOfRegion, partitionOfRole } from '../words/partitions.ts';
import { closest } from './misspelt.ts';
import { isSchedule } from './schedule.ts';
import { formOf, type Setting, type SettingKind, type SettingName, settingsTable } from './table.ts';

/** A value as found: the text, and the name a person would look for it under. */
export interface FoundValue {
  readonly label: string;
  readonly text: string;
}

/** Undefined when the value is as the table says; else the sentence that tells why not. */
export function problemOf(name: SettingName, { label, text }: FoundValue): string | undefined {
  const setting = settingsTable[name];
  // What Azure leaves in place of the value when the app may not read the secret.
  if (text.startsWith('@Microsoft.KeyVault(')) {
    return `${label} must be ${formOf(name)}; got a Key Vault reference that was not resolved`;
  }
  if (isAcceptable(setting, text)) return undefined;
  const meant = setting.choices === undefined ? undefined : closest(text, setting.choices);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  // A list of sources that cannot be read may hold anything, a key by mistake included.
  const isHidden = setting.secret === true || setting.kind === 'sources';
  return `${label} must be ${formOf(name)}; ${isHidden ? 'the value is not shown' : `got ${shownValue(text)}${hint}`}`;
}

/** The sentence for a value that is not there at all. */
export function missing(name: SettingName, label: string, because = ''): string {
  return `${label} is missing${because}; set it to ${formOf(name)}`;
}

/** Quoted and short, with everything blotted out that may be a key: one may have been put into the wrong setting. */
export function shownValue(text: string): string {
  return shown(maskedValue(text), 200);
}

/** Items of a comma-separated list, each once. */
export function listOf(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  return [...new Set(items.filter((item) => item !== ''))];
}

const isGuid = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);

const checks: Readonly<Record<SettingKind, (text: string, setting: Setting) => boolean>> = {
  guid: isGuid,
  choice: (text, { choices }) => choices?.includes(text) ?? false,
  audience: (text) => isGuid(text) || (/^[a-z][a-z0-9+.-]*:[^\s"]{1,250}$/.test(text) && !text.endsWith('/.default')),
  'role-arn': (text) => partitionOfRole(text) !== undefined,
  region: (text) => partitionOfRegion(text) !== undefined,
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html; temporary keys (ASIA…) need a session token.
  'access-key-id': (text) => /^(?!ASIA)\w{16,128}$/.test(text),
  'secret-access-key': (text) => /^\S{16,128}$/.test(text),
  'queue-url': (text) => parseQueueUrl(text) !== undefined,
  buckets: (text) => isListOf(text, isBucketName),
  sources: isListOfObjects,
  selectors: isListOfObjects,
  'loopback-url': (text) => /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?\/?$/.test(text) && isUrl(text),
  'https-url': (text) => /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?\/?$/i.test(text) && isUrl(text),
  scope: (text) => /^https:\/\/[a-z0-9.-]+\/{1,2}\.default$/i.test(text) && isUrl(text),
  'rule-ids': (text) => isListOf(text, (item) => /^dcr-\w{1,64}$/.test(item)),
  'rule-resources': (text) =>
    isListOf(text, (item) =>
      /^\/subscriptions\/[\da-f-]{36}\/resourceGroups\/[^/?#\s]{1,90}\/providers\/Microsoft\.Insights\/dataCollectionRules\/[^/?#\s]{1,64}$/i.test(
        item,
      ),
    ),
  stream: (text) => /^Custom-[A-Za-z0-9_-]{1,100}$/.test(text),
  schedule: isSchedule,
  'whole-number': (text, setting) => /^\d{1,15}$/.test(text) && isWithin(Number(text), setting),
  number: (text, setting) => /^\d{1,15}(?:\.\d{1,6})?$/.test(text) && isWithin(Number(text), setting),
};

function isAcceptable(setting: Setting, text: string): boolean {
  return checks[setting.kind](text, setting);
}

function isListOf(text: string, isItem: (item: string) => boolean): boolean {
  const items = listOf(text);
  return items.length > 0 && items.every(isItem);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function isBucketName(text: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) && !text.includes('..') && !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)
  );
}

/** The outer form only; what stands in it is read part by part. */
function isListOfObjects(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      Array.isArray(value) &&
      value.length >= 1 &&
      value.length <= 50 &&
      value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
    );
  } catch {
    // Not JSON: the answer is no, and the sentence says what it must be.
    return false;
  }
}

function isUrl(text: string): boolean {
  return URL.canParse(text);
}

function isWithin(value: number, { bounds }: Setting): boolean {
  return bounds !== undefined && value >= bounds[0] && value <= bounds[1];
}
