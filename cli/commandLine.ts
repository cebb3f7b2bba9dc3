import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { forgottenDashes } from './process/forgottenDashes.ts';
import { guardProcess } from './process/guard.ts';

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

/** Begins one npm script: gives it its manners and reads its arguments. Answers `--help` (exit 0) and refuses unknown flags (exit 2) by itself. */
export function parseCommand<const Options extends Record<string, OptionDescription>>(
  command: CommandDescription<Options>,
  args: readonly string[] = process.argv.slice(2),
): { readonly values: Values<Options>; readonly positionals: readonly string[] } {
  guardProcess(command.name);
  const forgotten = forgottenDashes(command.name, command.options, args, process.env);
  if (forgotten !== undefined) return refuseUsage(command.name, forgotten);
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
    return refuseUsage(command.name, usageProblem(error));
  }
}

/** What Node says of the arguments, without its advice about dashes, which is for those who wrote the command. */
function usageProblem(error: unknown): string {
  const [said = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const ambiguous = /^Option '(--[\w-]+).*' argument is ambiguous/.exec(said)?.[1];
  if (ambiguous !== undefined) return `the value of ${ambiguous} looks like an option; write it as ${ambiguous}=VALUE`;
  return said.replace(/\. To specify a positional argument.*$/, '');
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
  const rows: [flag: string, help: string][] = Object.entries(command.options).map(([name, { value, help }]) => [
    `--${name}${value ? ` ${value}` : ''}`,
    help,
  ]);
  rows.push(['-h, --help', 'print this and exit']);
  const width = Math.max(...rows.map(([flag]) => flag.length));
  const usage = `npm run ${command.name} -- [options]${command.positionals ? ` ${command.positionals}` : ''}`;
  const lines = rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`);
  return `${command.summary}\n\nUsage: ${usage}\n\n${lines.join('\n')}\n${command.notes ? `\n${command.notes}\n` : ''}`;
}
