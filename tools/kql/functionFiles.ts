import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Workspace } from './language.ts';

/** A saved function of the workspace, in the layout that Azure-Sentinel uses for parsers. */
export interface FunctionFile {
  readonly FunctionAlias: string;
  readonly FunctionQuery: string;
  readonly FunctionParams?: readonly { readonly Name: string; readonly Type: string; readonly Default?: string }[];
}

export const functionFolder = join(import.meta.dirname, '../../sentinel/functions');

/** The functions of `sentinel/functions`, and those of Sentinel itself that a query may call. */
export function knownFunctions(): Workspace['functions'] {
  const files = readdirSync(functionFolder).filter((name) => name.endsWith('.yaml'));
  return [
    ...files.map((name) => {
      const file = parse(readFileSync(join(functionFolder, name), 'utf8')) as FunctionFile;
      return { name: file.FunctionAlias, parameters: parametersOf(file), body: file.FunctionQuery };
    }),
    { name: '_GetWatchlist', parameters: '(watchlistAlias:string)', body: watchlist },
  ];
}

/** What a query of the function's own needs in front of it, so that its parameters have a meaning. */
export function declarationsOf({ FunctionParams }: FunctionFile): string {
  return (FunctionParams ?? [])
    .map(({ Name, Type, Default }) => `let ${Name} = ${Default ?? `${Type}(null)`}; `)
    .join('');
}

function parametersOf({ FunctionParams }: FunctionFile): string {
  const each = (FunctionParams ?? []).map(
    ({ Name, Type, Default }) => `${Name}:${Type}${Default === undefined ? '' : `=${Default}`}`,
  );
  return `(${each.join(', ')})`;
}

const watchlist = 'print SearchKey = watchlistAlias, _DTItemId = "", LastUpdatedTimeUTC = now()';
