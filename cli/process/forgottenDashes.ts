type Environment = Readonly<Record<string, string | undefined>>;

/**
 * npm keeps the flags that come before ` -- ` to itself and tells them in the environment: who forgets the dashes would
 * run something else than was asked for. Says what was meant, or nothing when nothing was kept back.
 */
export function forgottenDashes(
  name: string,
  options: Readonly<Record<string, { readonly type: 'boolean' | 'string' }>>,
  args: readonly string[],
  environment: Environment,
): string | undefined {
  if (environment['npm_lifecycle_event'] !== name) return undefined;
  const positionals = [...args];
  const meant: string[] = [];
  for (const [option, { type }] of Object.entries(options)) {
    const value = environment[`npm_config_${option.replaceAll('-', '_')}`];
    if (
      value === undefined ||
      value === '' ||
      args.some((arg) => arg === `--${option}` || arg.startsWith(`--${option}=`))
    )
      continue;
    meant.push(`--${option}`);
    // npm takes a flag that it does not know for a switch, and leaves its value among the arguments.
    if (type === 'string') meant.push(...(value === 'true' ? positionals.splice(0, 1) : [value]));
  }
  if (meant.length === 0) return undefined;
  const start = ['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`;
  return `npm kept ${meant.filter((one) => one.startsWith('--')).join(', ')} to itself; did you mean "${[start, '--', ...meant, ...positionals].join(' ')}"?`;
}
