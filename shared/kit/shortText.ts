import { masked } from './mask.ts';

/** Quoted, on one line and short, whatever an untrusted sender wrote; secrets in it are blotted out. */
export function shown(text: string, most = 100): string {
  const clean = masked(text.slice(0, most + looked));
  return JSON.stringify(clean.length <= most ? clean : `${clean.slice(0, most)}…`);
}

/** So far behind the cut is looked for the rest of a secret, without which it would not be known for one. */
const looked = 2_000;

/** At most eight names, the rest counted. */
export function list(names: readonly string[]): string {
  return names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;
}

/** What a parsed JSON value is, by the names of its fields and never by their values: a message may hold anything. */
export function described(value: unknown): string {
  if (Array.isArray(value)) return 'a JSON list';
  if (typeof value !== 'object' || value === null) return `a JSON ${value === null ? 'null' : typeof value}`;
  const fields = Object.keys(value);
  return fields.length === 0 ? 'an empty JSON object' : `a JSON object with ${list(fields.map(shown))}`;
}

/** A service's own words on one line, cut to `most` characters: enough to act on, too little to carry a payload, and no secret. */
export function shortText(text: string, most = 300): string {
  const line = masked(
    text
      .slice(0, 10 * (most + looked))
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, most + looked),
  );
  return line.length > most ? `${line.slice(0, most)}...` : line;
}
