import { masked } from './mask.ts';

/**
 * Controls (C0, DEL and C1, escape among them), what turns the direction of writing or takes no room, line and paragraph
 * separators, halves of surrogate pairs: nothing from outside may move a terminal's cursor, hide what follows or begin a line.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Longer than anything a person reads; keys of S3 have at most 1,024 bytes. */
const usualLength = 2_000;

/** Text from outside on one line of a terminal or a log: what cannot be printed is spelt out, what is too long is cut. */
export function shownText(text: string, most = usualLength): string {
  return cut(text, most).replace(unprintable, spelt);
}

/** The same for a text of several lines, as long as it is. */
export function shownLines(text: string): string {
  return text.replace(unprintable, (character) => (character === '\n' ? character : spelt(character)));
}

/** So far behind a cut is looked for the rest of a secret, without which it would not be known for one. */
const looked = 2_000;

/** Quoted, on one line and short, whatever an untrusted sender wrote; secrets in it are blotted out. */
export function shown(text: string, most = 100): string {
  return jsonText(cut(masked(text.slice(0, most + looked)), most));
}

/** A service's own words on one line, cut to `most` characters: enough to act on, too little to carry a payload, and no secret. */
export function shortText(text: string, most = 300): string {
  const line = text
    .slice(0, 10 * (most + looked))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, most + looked);
  return cut(masked(line), most, '...').replace(unprintable, spelt);
}

/** JSON that may be printed anywhere, and means the same. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, spelt);
}

/** As JSON and JavaScript write it. */
function spelt(character: string): string {
  return character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Never between the halves of a surrogate pair. */
function cut(text: string, most: number, mark = '…'): string {
  if (text.length <= most) return text;
  const head = text.slice(0, most);
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}${mark}`;
}

/** At most eight names, the rest counted. */
export function list(names: readonly string[]): string {
  const named = names.slice(0, mostNames).join(', ');
  return names.length <= mostNames ? named : `${named} and ${names.length - mostNames} more`;
}

const mostNames = 8;

/** What a parsed JSON value is, by the names of its fields and never by their values: a message may hold anything. */
export function described(value: unknown): string {
  if (Array.isArray(value)) return 'a JSON list';
  if (typeof value !== 'object' || value === null) return `a JSON ${value === null ? 'null' : typeof value}`;
  const fields = Object.keys(value);
  return fields.length === 0
    ? 'an empty JSON object'
    : `a JSON object with ${list(fields.map((name, index) => (index < mostNames ? shown(name) : '')))}`;
}
