import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import type { Template } from '../../../local/azure/resourceManager/deployment.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const template = JSON.parse(read('infra/azure/connector.json')) as Template;
const parameters = template.parameters ?? {};
const needed = Object.keys(parameters).filter((name) => parameters[name]?.['defaultValue'] === undefined);

interface Element {
  readonly name: string;
  readonly type: string;
  readonly constraints?: {
    readonly regex?: string;
    readonly allowedValues?: ReadonlyArray<{ readonly value: unknown }>;
  };
}
interface Definition {
  readonly parameters: {
    readonly basics: readonly Element[];
    readonly steps: ReadonlyArray<{ readonly name: string; readonly elements: readonly Element[] }>;
    readonly outputs: Readonly<Record<string, string>>;
  };
}

describe('the pages of the portal', () => {
  const { basics, steps, outputs } = (JSON.parse(read('infra/azure/createUiDefinition.json')) as Definition).parameters;

  it('fill parameters that the template has, each from an element that is there', () => {
    for (const [name, value] of Object.entries(outputs)) {
      expect(Object.keys(parameters)).toContain(name);
      const [, step, element] = /^\[(?:basics|steps\('(\w+)'\))(?:\('|\.)(\w+)/.exec(value) ?? [];
      if (value === '[location()]') continue;
      const page = step === undefined ? basics : steps.find((each) => each.name === step)?.elements;
      expect(page?.map((each) => each.name)).toContain(element);
    }
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(needed));
  });

  it('offer values that the template allows', () => {
    for (const { name, constraints } of steps.flatMap(({ elements }) => elements)) {
      const values = constraints?.allowedValues?.map(({ value }) => value);
      if (values !== undefined) expect(values).toEqual(parameters[name]?.['allowedValues']);
      if (constraints?.regex !== undefined) expect('').toMatch(new RegExp(constraints.regex));
    }
  });
});

describe('azd', () => {
  const bicep = read('infra/azure/main.bicep');
  const declared = [...bicep.matchAll(/^param (\w+)/gm)].map(([, name]) => name);

  it('hands on to the template what it takes, and everything it needs', () => {
    const handed = [...(/params: \{\n([\s\S]*?)\n {2}\}/.exec(bicep)?.[1] ?? '').matchAll(/(\w+): (\w+)/g)];

    expect(handed.filter(([, name, value]) => !(name ?? '' in parameters) || !declared.includes(value))).toEqual([]);
    expect(handed.map(([, name]) => name)).toEqual(expect.arrayContaining(needed));
    for (const [, output] of bicep.matchAll(/connector\.outputs\.(\w+)/g)) {
      expect(Object.keys(template.outputs ?? {})).toContain(output);
    }
  });

  it('fills in what has a default, and asks for the workspace', () => {
    const file = JSON.parse(read('infra/azure/main.parameters.json')) as { parameters: Record<string, unknown> };

    const filled = Object.keys(file.parameters);
    expect(declared.filter((name = '') => !filled.includes(name))).toEqual([
      'workspaceResourceId',
      'workspaceLocation',
    ]);
    expect(filled.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('finds what azure.yaml names, and installs into the outputs of main.bicep', () => {
    const { infra, hooks } = parseDocument(read('azure.yaml')).toJS() as {
      infra: { path: string; module: string };
      hooks: { postprovision: Record<string, { run: string }> };
    };

    expect(`${infra.path}/${infra.module}.bicep`).toBe('infra/azure/main.bicep');
    for (const { run } of Object.values(hooks.postprovision)) {
      const named = [...run.matchAll(/(?:\$env:|\$)([A-Z_]{4,})/g)].map(([, name]) => name);
      expect(named.sort()).toEqual(['AZURE_RESOURCE_GROUP', 'FUNCTION_APP_NAME']);
      for (const name of named) expect(bicep).toContain(`output ${name} string`);
    }
  });
});
