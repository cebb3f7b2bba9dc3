/** A service's own words on one line, cut to `most` characters: enough to act on, too little to carry a payload. */
export function shownText(text: string, most = 300): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}...` : line;
}
