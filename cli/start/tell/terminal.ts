import { styleText } from 'node:util';
import wrapAnsi from 'wrap-ansi';

/** A place for text: as wide as it is, and with colours, where it is a terminal. */
export interface TextPlace {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Colours are left out where there is no terminal, and where NO_COLOR asks for none. */
export function painted(format: Parameters<typeof styleText>[0], text: string, place: TextPlace): string {
  return place.isTTY ? styleText(format, text, { stream: process.stdout }) : text;
}

/** Wrapped to the terminal's width, further lines indented like the first and a little more; elsewhere as it is. */
export function wrapped(text: string, place: TextPlace, indent = 2): string {
  const first = ' '.repeat(indent);
  if (!place.isTTY || place.columns === undefined) return `${first}${text}`;
  const width = Math.max(20, place.columns - indent - 2);
  return wrapAnsi(text, width, { hard: true })
    .split('\n')
    .map((line, index) => `${first}${index === 0 ? '' : '  '}${line}`)
    .join('\n');
}

/** Cut to the width, so that a line that is rewritten in place stays one. */
export function fitted(line: string, { columns = 80 }: TextPlace): string {
  return line.length < columns ? line : line.slice(0, columns - 1);
}
