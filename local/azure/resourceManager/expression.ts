/** What stands between the brackets of a template's text. https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression };

/** The expression that a text is; undefined for a text that is meant as it stands. `[[` begins a text with a bracket. */
export function expressionOf(text: string): Expression | undefined {
  return text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[') ? parse(text.slice(1, -1)) : undefined;
}

/** @throws RangeError when it is none */
function parse(text: string): Expression {
  const tokens = tokenise(text);
  let at = 0;
  const next = (): string => tokens[at] ?? '';
  const take = (expected: string): void => {
    if (next() !== expected) throw new RangeError(`${expected} expected instead of "${next()}" in [${text}]`);
    at += 1;
  };

  const readArguments = (): Expression[] => {
    const args: Expression[] = [];
    take('(');
    while (next() !== ')') {
      if (args.length > 0) take(',');
      args.push(read());
    }
    take(')');
    return args;
  };

  const readFirst = (): Expression => {
    const token = next();
    at += 1;
    if (token.startsWith("'")) return { kind: 'literal', value: token.slice(1, -1).replaceAll("''", "'") };
    if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) };
    if (/^\w/.test(token)) return { kind: 'call', name: token, args: readArguments() };
    throw new RangeError(`"${token}" is out of place in [${text}]`);
  };

  const read = (): Expression => {
    let expression = readFirst();
    for (;;) {
      if (next() === '.') {
        take('.');
        const key = next();
        if (!/^[A-Za-z_]/.test(key)) throw new RangeError(`the name of a property is missing in [${text}]`);
        at += 1;
        expression = { kind: 'member', of: expression, key: { kind: 'literal', value: key } };
      } else if (next() === '[') {
        take('[');
        expression = { kind: 'member', of: expression, key: read() };
        take(']');
      } else return expression;
    }
  };

  const whole = read();
  if (at < tokens.length) throw new RangeError(`"${next()}" is out of place in [${text}]`);
  return whole;
}

function tokenise(text: string): readonly string[] {
  const tokens: string[] = [];
  const pattern = /\s*(?:('(?:[^']|'')*')|(-?\d+)|([A-Za-z_]\w*)|([.,()[\]]))/y;
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new RangeError(`what begins with "${text.slice(from, from + 20)}" is no expression`);
    tokens.push(match[0].trim());
  }
  return tokens;
}
