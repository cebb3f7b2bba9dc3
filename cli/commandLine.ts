import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

interface OptionDescription {
  readonly type: 'boolean' | 'string';
  readonly help: string;
  /** How the value is called in the help, for example `DIR`. */
  readonly value?: string;
  readonly multiple?: boolean;
}

interface CommandDescription<Options extends Record<string, OptionDescription>> {
  /** The npm script's name. */
  readonly name: string;
  readonly summary: string;
  readonly options: Options;
  /** How the positional arguments are called in the help; without it they are refused. */
  readonly positionals?: string;
  readonly notes?: string;
}

type Values<Options extends Record<string, OptionDescription>> = {
  readonly [Name in keyof Options]?: Options[Name] extends { multiple: true }
    ? string[]
    : Options[Name]['type'] extends 'boolean'
      ? boolean
      : string;
};

/** Reads the arguments of one npm script. Answers `--help` (exit 0) and refuses unknown flags (exit 2) by itself. */
export function parseCommand<const Options extends Record<string, OptionDescription>>(
  command: CommandDescription<Options>,
  args: readonly string[] = process.argv.slice(2),
): { readonly values: Values<Options>; readonly positionals: readonly string[] } {
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { type, multiple }] of Object.entries(command.options)) {
    options[name] = { type, multiple: multiple ?? false };
  }
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: command.positionals !== undefined });
    if (parsed.values['help']) {
      process.stdout.write(helpText(command));
      process.exit(0);
    }
    return { values: parsed.values as Values<Options>, positionals: parsed.positionals };
  } catch (error) {
    return refuseUsage(command.name, error instanceof Error ? error.message : String(error));
  }
}

/** Bad usage: one sentence on standard error, exit code 2. */
export function refuseUsage(name: string, problem: string): never {
  process.stderr.write(`${name}: ${problem.split('\n')[0]}\nSee: npm run ${name} -- --help\n`);
  process.exit(2);
}

/** The value of an option that counts something. Refuses what is no whole number from `least` to `most` (exit 2). */
export function wholeNumber(
  name: string,
  option: string,
  text: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return refuseUsage(name, `--${option} must be a whole number ${bounds}; got "${text}"`);
}

function helpText(command: CommandDescription<Record<string, OptionDescription>>): string {
  const rows = Object.entries(command.options).map(
    ([name, { value, help }]) => [`--${name}${value ? ` ${value}` : ''}`, help] as const,
  );
  rows.push(['--help', 'print this and exit']);
  const width = Math.max(...rows.map(([flag]) => flag.length));
  const usage = `npm run ${command.name} -- [options]${command.positionals ? ` ${command.positionals}` : ''}`;
  const lines = rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`);
  return `${command.summary}\n\nUsage: ${usage}\n\n${lines.join('\n')}\n${command.notes ? `\n${command.notes}\n` : ''}`;
}
