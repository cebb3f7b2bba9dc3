const isTermUnit = (text: string, index: number): boolean => /[\p{L}\p{N}]/u.test(text.charAt(index));

/**
 * Whether a text has another as a whole term, or as whole terms in a row: what stands before and behind it is no letter and
 * no digit. Both in one case. https://learn.microsoft.com/kusto/query/datatypes-string-operators#what-is-a-term
 */
export function hasTerm(text: string, wanted: string): boolean {
  if (wanted === '') return true;
  const beginsInTerm = isTermUnit(wanted, 0);
  const endsInTerm = isTermUnit(wanted, wanted.length - 1);
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    const isBegin = !beginsInTerm || at === 0 || !isTermUnit(text, at - 1);
    const end = at + wanted.length;
    if (isBegin && (!endsInTerm || end === text.length || !isTermUnit(text, end))) return true;
  }
  return false;
}

/** As `hasTerm`, where only the beginning must be that of a term. */
export function hasPrefix(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    if (at === 0 || !isTermUnit(text, at - 1)) return true;
  }
  return wanted === '';
}

export function hasSuffix(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    if (end === text.length || !isTermUnit(text, end)) return true;
  }
  return wanted === '';
}
