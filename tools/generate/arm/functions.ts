import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type FunctionFile, functionFolder } from '../../kql/functionFiles.ts';
import { type Resource, versions } from './template.ts';

/** What the portal shows of it. */
interface Shown {
  readonly Category: string;
  readonly Function: { readonly Title: string };
}

/** The workspace functions of sentinel/functions, for the deployment in the workspace's resource group. */
export const functions: readonly Resource[] = readdirSync(functionFolder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => savedFunction(parse(readFileSync(join(functionFolder, name), 'utf8')) as FunctionFile & Shown));

function savedFunction({
  Category,
  Function: { Title },
  FunctionAlias,
  FunctionQuery,
  FunctionParams = [],
}: FunctionFile & Shown): Resource {
  return {
    type: 'Microsoft.OperationalInsights/workspaces/savedSearches',
    apiVersion: versions.savedSearch,
    name: `[format('{0}/${FunctionAlias}', parameters('workspaceName'))]`,
    properties: {
      // Demanded where the function exists already: whatever is there is replaced.
      etag: '*',
      category: Category,
      displayName: Title,
      query: FunctionQuery,
      functionAlias: FunctionAlias,
      functionParameters: FunctionParams.map(
        ({ Name, Type, Default }) => `${Name}:${Type}${Default === undefined ? '' : `=${Default}`}`,
      ).join(', '),
      version: 2,
    },
  };
}
