const made = new Map<string, RegExp>();

/** RE2's text as JavaScript's expression; the flag `(?i)` at its beginning is the one that rules use. @throws SyntaxError */
export function regexOf(text: string): RegExp {
  const known = made.get(text);
  if (known !== undefined) return known;
  const flags = /^\(\?([ims]+)\)/.exec(text);
  const source = (flags === null ? text : text.slice(flags[0].length)).replaceAll('(?P<', '(?<');
  const expression = new RegExp(source, `${flags?.[1] ?? ''}u`.replace('uu', 'u'));
  made.set(text, expression);
  return expression;
}
