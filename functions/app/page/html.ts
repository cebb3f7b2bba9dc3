/** Text that is HTML already. Only `html` and `raw` make it, so that whatever comes from outside is escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | undefined | readonly Part[];

/** A template whose values are escaped, but for those that are markup; lists are joined, what is undefined is left out. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(texts.reduce((all, text, index) => all + textOf(parts[index - 1]) + text));
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  return typeof part === 'object' ? part.map(textOf).join('') : escaped(String(part));
}

/** Good for elements and for attributes in double or single quotes. Controls and direction overrides become visible. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (sign) =>
      sign === '\n' ? sign : `&#92;u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}
