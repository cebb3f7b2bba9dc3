/** `line 3, column 7` of an offset in a text, both counted from 1. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}

/** The line of an offset, with a mark under it. */
export function pointedAt(text: string, offset: number, length: number): string[] {
  const from = text.lastIndexOf('\n', offset - 1) + 1;
  const to = text.indexOf('\n', offset);
  const line = text.slice(from, to === -1 ? undefined : to);
  return [
    `  ${line}`,
    `  ${' '.repeat(offset - from)}${'^'.repeat(Math.max(1, Math.min(length, from + line.length - offset)))}`,
  ];
}
