/** The rows of a closed body, each as the text of every cell by its column, just as it stands there. The body must be valid JSON. */
export function rowCells(body: string): Map<string, string>[] {
  const rows: Map<string, string>[] = [];
  let at = 1;
  while (body[at] === '{' || body[at] === ',') {
    if (body[at] === ',') at++;
    const row = new Map<string, string>();
    at++;
    while (body[at] !== '}') {
      if (body[at] === ',') at++;
      const key = valueEnd(body, at);
      const end = valueEnd(body, key + 1);
      row.set(body.slice(at + 1, key - 1), body.slice(key + 1, end));
      at = end;
    }
    rows.push(row);
    at++;
  }
  return rows;
}

function valueEnd(text: string, at: number): number {
  for (let depth = 0; ; ) {
    const character = text[at];
    if (character === undefined) throw new RangeError('a body that is valid JSON has an end to every value');
    if (character === '"') at = stringEnd(text, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth === 0 && (text[at + 1] === undefined || ',:}]'.includes(text[at + 1] ?? ''))) return at + 1;
    at++;
  }
}

/** Position of the closing quote. */
function stringEnd(text: string, at: number): number {
  for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
  return at;
}
