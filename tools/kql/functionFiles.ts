import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Workspace } from './language.ts';

/** A saved function of the workspace, in the layout that Azure-Sentinel uses for parsers. */
export interface FunctionFile {
  readonly FunctionAlias: string;
  readonly FunctionQuery: string;
  readonly FunctionParams?: readonly Parameter[];
}

interface Parameter {
  readonly Name: string;
  readonly Type: string;
  /** As KQL writes it, but for strings, which stand without quotes. */
  readonly Default?: string | boolean;
}

/** Where functions lie: those of our own, and the parsers of schemas over them. */
const folders = ['functions', 'parsers'].map((name) => join(import.meta.dirname, '../../sentinel', name));

/** Every function that we ship, by its alias. */
export function functionFiles<More extends object = object>(): readonly (FunctionFile & More)[] {
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => parse(readFileSync(join(folder, name), 'utf8')) as FunctionFile & More),
  );
  return files.sort((one, other) => (one.FunctionAlias < other.FunctionAlias ? -1 : 1));
}

/** The functions that we ship, and those of Sentinel itself that a query may call. */
export function knownFunctions(): Workspace['functions'] {
  return [
    ...functionFiles().map((file) => ({
      name: file.FunctionAlias,
      parameters: `(${parametersOf(file)})`,
      body: file.FunctionQuery,
    })),
    { name: '_GetWatchlist', parameters: '(watchlistAlias:string)', body: watchlist },
  ];
}

/** What a query of the function's own needs in front of it, so that its parameters have a meaning. */
export function declarationsOf({ FunctionParams }: FunctionFile): string {
  return (FunctionParams ?? [])
    .map((parameter) => `let ${parameter.Name} = ${defaultOf(parameter) ?? `${parameter.Type}(null)`}; `)
    .join('');
}

/** `name:type=default, ...`, as the workspace keeps it. */
export function parametersOf({ FunctionParams }: FunctionFile): string {
  const each = (FunctionParams ?? []).map((parameter) => {
    const value = defaultOf(parameter);
    return `${parameter.Name}:${parameter.Type}${value === undefined ? '' : `=${value}`}`;
  });
  return each.join(', ');
}

function defaultOf({ Default, Type }: Parameter): string | undefined {
  if (Default === undefined) return undefined;
  return Type === 'string' ? `'${Default}'` : String(Default);
}

const watchlist = 'print SearchKey = watchlistAlias, _DTItemId = "", LastUpdatedTimeUTC = now()';
