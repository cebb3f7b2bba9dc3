/** A row's columns and values, whatever the order of the columns. */
export function rowContent(row: string): string {
  return JSON.stringify(Object.entries(JSON.parse(row) as object).sort(([one], [other]) => (one < other ? -1 : 1)));
}
