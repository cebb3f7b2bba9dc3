import { type Prices, priceNames, pricesOf } from './prices.ts';
import { type ExampleName, examples, flagOf, helpOf, parameterNames, type Scenario, scenarioOf } from './scenario.ts';
import type { Disturbance } from './timeline.ts';

/** What the command was asked for. */
export interface Asked {
  readonly scenario: Scenario;
  readonly prices: Prices;
  readonly seconds: number;
  readonly disturbance?: Disturbance;
}

interface FlagDescription {
  readonly type: 'string' | 'boolean';
  readonly value?: string;
  readonly help: string;
  readonly multiple?: boolean;
}

/** Every flag of the command: the scenario's come from the table of its parameters. */
export const flags = {
  example: { type: 'string', value: 'NAME', help: `begin with ${Object.keys(examples).join(', ')}` },
  hours: { type: 'string', value: 'N', help: 'how long to simulate (default 24)' },
  burst: { type: 'string', value: 'N', help: 'so many times the events, after an hour' },
  'burst-hours': { type: 'string', value: 'N', help: 'for so long (default 1)' },
  'outage-hours': { type: 'string', value: 'N', help: 'nothing can be uploaded for so long, after an hour' },
  price: {
    type: 'string',
    value: 'NAME=USD',
    multiple: true,
    help: `replaces a list price: ${priceNames.join(', ')}`,
  },
  validate: { type: 'string', value: 'FILE', help: 'compare with what npm run bench -- --json printed' },
  json: { type: 'boolean', help: 'print one JSON object on standard output' },
  ...Object.fromEntries(
    parameterNames.map((name): [string, FlagDescription] => [
      flagOf(name),
      { type: 'string', value: 'N', help: helpOf(name) },
    ]),
  ),
} as const satisfies Record<string, FlagDescription>;

export type FlagValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Reads the flags. @throws RangeError, in words for a person, when a value is wrong */
export function askedBy(values: FlagValues): Asked {
  const given: { -readonly [Name in keyof Scenario]?: Scenario[Name] } = { ...exampleNamed(values['example']) };
  for (const name of parameterNames) {
    const number = numberOf(values, flagOf(name));
    if (number !== undefined) given[name] = number;
  }
  const prices = values['price'];
  const seconds = secondsOf(values, 'hours') ?? 24 * hour;
  const disturbance = disturbanceOf(values);
  if (disturbance !== undefined && disturbance.from >= seconds) {
    throw new RangeError(
      `--hours must be more than 1 with --burst or --outage-hours, which begin after an hour; got "${values['hours']}"`,
    );
  }
  return {
    scenario: scenarioOf(given),
    prices: pricesOf(Array.isArray(prices) ? prices : []),
    seconds,
    ...(disturbance === undefined ? {} : { disturbance }),
  };
}

/** The file to validate with; then nothing else is simulated. @throws RangeError when other flags are given beside it */
export function validatedBy(values: FlagValues): string | undefined {
  const file = values['validate'];
  if (typeof file !== 'string') return undefined;
  const other = Object.keys(values).find((flag) => flag !== 'validate' && flag !== 'json');
  if (other !== undefined) throw new RangeError(`--validate takes its scenarios from the file; leave out --${other}`);
  return file;
}

/** An undisturbed hour comes first, so that there is something to come back to. */
function disturbanceOf(values: FlagValues): Disturbance | undefined {
  const from = hour;
  const times = positive(values, 'burst', 1_000_000);
  const outage = secondsOf(values, 'outage-hours');
  const burst = secondsOf(values, 'burst-hours');
  if (times !== undefined && outage !== undefined) {
    throw new RangeError('--burst and --outage-hours exclude each other');
  }
  if (burst !== undefined && times === undefined) throw new RangeError('--burst-hours needs --burst');
  if (outage !== undefined) return { kind: 'outage', times: 1, from, until: from + outage };
  return times === undefined ? undefined : { kind: 'burst', times, from, until: from + (burst ?? hour) };
}

function exampleNamed(name: FlagValues[string]): Partial<Scenario> {
  if (name === undefined) return {};
  if (typeof name === 'string' && Object.hasOwn(examples, name)) return examples[name as ExampleName];
  throw new RangeError(`--example must be ${Object.keys(examples).join(', ')}; got "${name}"`);
}

const hour = 3_600;

/** Whole seconds of a flag that is given in hours. */
function secondsOf(values: FlagValues, flag: string): number | undefined {
  const hours = positive(values, flag, 1_000);
  if (hours === undefined) return undefined;
  const seconds = Math.round(hours * hour);
  if (seconds === 0) throw new RangeError(`--${flag} must be a second at least, 0.0003 hours; got "${hours}"`);
  return seconds;
}

function positive(values: FlagValues, flag: string, most: number): number | undefined {
  const number = numberOf(values, flag);
  if (number !== undefined && !(number > 0 && number <= most)) {
    throw new RangeError(`--${flag} must be a number above 0, up to ${most}; got "${number}"`);
  }
  return number;
}

/** Fractions are allowed here, unlike in most flags of the other commands. */
function numberOf(values: FlagValues, flag: string): number | undefined {
  const text = values[flag];
  if (typeof text !== 'string') return undefined;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) throw new RangeError(`--${flag} must be a number; got "${text}"`);
  return number;
}
