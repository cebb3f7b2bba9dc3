const typeNames: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  securestring: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(value),
  bool: (value) => typeof value === 'boolean',
  array: (value) => Array.isArray(value),
  object: isObject,
  secureobject: isObject,
};

/**
 * What the parameters of a template are, defaults filled in.
 * @throws RangeError for one that is missing, unknown, of another type or out of bounds
 */
export function parameterValues(
  declared: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  given: Readonly<Record<string, unknown>>,
  evaluate: (value: unknown) => unknown,
): Readonly<Record<string, unknown>> {
  const unknown = Object.keys(given).find(
    (name) => !Object.keys(declared).some((each) => each.toLowerCase() === name.toLowerCase()),
  );
  if (unknown !== undefined) throw new RangeError(`there is no parameter ${unknown}`);
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const key = Object.keys(given).find((each) => each.toLowerCase() === name.toLowerCase());
      const value = key === undefined ? evaluate(declaration['defaultValue']) : given[key];
      if (value === undefined) throw new RangeError(`parameter ${name} needs a value`);
      const problem = problemOf(value, declaration);
      if (problem !== undefined) throw new RangeError(`parameter ${name} ${problem}`);
      return [name, value];
    }),
  );
}

function problemOf(value: unknown, declaration: Readonly<Record<string, unknown>>): string | undefined {
  const type = String(declaration['type']);
  const isOfType = typeNames[type.toLowerCase()];
  if (isOfType === undefined) return `has the type ${type}, which there is not`;
  if (!isOfType(value)) return `must be of type ${type}`;
  const { allowedValues, minValue, maxValue, minLength, maxLength } = declaration;
  if (Array.isArray(allowedValues) && !allowedValues.includes(value))
    return `must be one of ${allowedValues.join(', ')}`;
  const size = typeof value === 'number' ? value : typeof value === 'string' || Array.isArray(value) ? value.length : 0;
  const [least, most] = typeof value === 'number' ? [minValue, maxValue] : [minLength, maxLength];
  return (typeof least === 'number' && size < least) || (typeof most === 'number' && size > most)
    ? `must be within ${least ?? 0} and ${most ?? 'any'}`
    : undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
