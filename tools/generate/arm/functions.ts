import { type FunctionFile, functionFiles, parametersOf } from '../../kql/functionFiles.ts';
import { type Resource, versions } from './template.ts';

/** What the portal shows of it. */
interface Shown {
  readonly Category: string;
  readonly Function: { readonly Title: string };
}

/** The workspace functions of sentinel/functions and sentinel/parsers, for the deployment in the workspace's resource group. */
export const functions: readonly Resource[] = functionFiles<Shown>().map(savedFunction);

function savedFunction(file: FunctionFile & Shown): Resource {
  return {
    type: 'Microsoft.OperationalInsights/workspaces/savedSearches',
    apiVersion: versions.savedSearch,
    name: `[format('{0}/${file.FunctionAlias}', parameters('workspaceName'))]`,
    properties: {
      // Demanded where the function exists already: whatever is there is replaced.
      etag: '*',
      category: file.Category,
      displayName: file.Function.Title,
      query: file.FunctionQuery,
      functionAlias: file.FunctionAlias,
      functionParameters: parametersOf(file),
      version: 2,
    },
  };
}
