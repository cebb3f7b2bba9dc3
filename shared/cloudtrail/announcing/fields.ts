/** A field of a parsed JSON value by its path, read as untrusted: only own fields, and never a throw. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
}

/** The same where it is a text with something in it. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const text = field(value, ...path);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
