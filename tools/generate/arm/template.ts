/** What a template is written in: JSON, whose texts in brackets are expressions of Azure Resource Manager. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#parameters */
export interface Parameter {
  readonly type: 'string' | 'int' | 'bool' | 'array' | 'object' | 'secureString' | 'secureObject';
  readonly defaultValue?: Json;
  readonly allowedValues?: readonly Json[];
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly metadata?: { readonly description: string };
}

/** https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#resources */
export interface Resource {
  readonly condition?: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly scope?: string;
  readonly subscriptionId?: string;
  readonly resourceGroup?: string;
  readonly location?: string;
  readonly tags?: Json;
  readonly kind?: string;
  readonly sku?: Json;
  readonly identity?: Json;
  readonly dependsOn?: readonly string[];
  readonly properties: Json;
}

export interface Template {
  readonly $schema: typeof templateSchema;
  readonly contentVersion: '1.0.0.0';
  readonly metadata?: { readonly description: string };
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly variables: { readonly [name: string]: Json };
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, Output>>;
}

export interface Output {
  readonly type: 'string';
  readonly value: string;
  readonly metadata: { readonly description: string };
}

export const templateSchema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

/**
 * The versions of the resource types, each the one that its properties were checked against.
 * https://learn.microsoft.com/azure/templates/
 */
export const versions = {
  workspace: '2022-10-01',
  savedSearch: '2020-08-01',
  rule: '2023-03-11',
  endpoint: '2023-03-11',
  storage: '2024-01-01',
  web: '2024-04-01',
  insights: '2020-02-02',
  role: '2022-04-01',
  diagnostics: '2021-05-01-preview',
  queryAlert: '2023-12-01',
  metricAlert: '2018-03-01',
  deployment: '2022-09-01',
} as const;

/** A template inside this one, which sees its own parameters only. */
export function deployment(
  name: string,
  place: Pick<Resource, 'condition' | 'dependsOn' | 'subscriptionId' | 'resourceGroup'>,
  values: Readonly<Record<string, Json>>,
  template: Pick<Template, 'parameters' | 'resources'>,
): Resource {
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: versions.deployment,
    name,
    ...place,
    properties: {
      mode: 'Incremental',
      expressionEvaluationOptions: { scope: 'inner' },
      parameters: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }])),
      template: plain({ $schema: templateSchema, contentVersion: '1.0.0.0', ...template }),
    },
  };
}

function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
