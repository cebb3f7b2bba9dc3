/** Quoted, on one line and short, whatever an untrusted sender wrote. */
export function shown(text: string): string {
  return JSON.stringify(text.length <= 100 ? text : `${text.slice(0, 100)}…`);
}

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

/** A service's own words on one line, cut to `most` characters: enough to act on, too little to carry a payload. */
export function shortText(text: string, most = 300): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}...` : line;
}
