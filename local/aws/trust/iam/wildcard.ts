/** Turns a policy's pattern (`*` any text, `?` one character) into a test of a whole text. */
export function wildcard(pattern: string, options: { ignoreCase?: boolean } = {}): (text: string) => boolean {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) {
    if (!options.ignoreCase) return (text) => text === pattern;
    const lower = pattern.toLowerCase();
    return (text) => text.toLowerCase() === lower;
  }
  const source = pattern.replace(/[\\^$.*+?()[\]{}|]/g, (character) => {
    if (character === '*') return '[^]*';
    return character === '?' ? '[^]' : `\\${character}`;
  });
  const expression = new RegExp(`^${source}$`, options.ignoreCase ? 'iu' : 'u');
  return (text) => expression.test(text);
}

/** Compares ARNs as ArnLike does: each of the six parts by itself, so a `*` never reaches over a colon but in the last. */
export function arnWildcard(pattern: string): (arn: string) => boolean {
  const parts = partsOfArn(pattern).map((part) => wildcard(part));
  return (arn) => {
    const values = partsOfArn(arn);
    return values.length === parts.length && parts.every((matches, index) => matches(values[index] ?? ''));
  };
}

function partsOfArn(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
