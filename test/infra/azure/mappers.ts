import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How a client library of Azure describes what a property takes. */
interface Mapper {
  readonly serializedName?: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly type: {
    readonly name: string;
    readonly className?: string;
    readonly allowedValues?: readonly unknown[];
    readonly element?: Mapper;
    readonly value?: Mapper;
    readonly modelProperties?: Readonly<Record<string, Mapper>>;
  };
}

/** The models of one of Microsoft's management packages; each is made from the service's own specification. */
export interface Models {
  /** What is wrong with the value as the model of this name. */
  problemsOf(value: unknown, model: string): readonly string[];
}

const modules = join(import.meta.dirname, '../../../node_modules/@azure');

/** @param types where the package keeps its declarations, which alone know the enumerations of a property */
export async function loadModels(name: string, folder: string, types: string): Promise<Models> {
  const load = async (file: string): Promise<Readonly<Record<string, unknown>>> =>
    (await import(pathToFileURL(join(modules, name, folder, 'models', file)).href)) as Record<string, unknown>;
  const mappers = (await load('mappers.js')) as Readonly<Record<string, Mapper>>;
  const enums = await load('index.js');
  const declarations = readFileSync(join(modules, name, types), 'utf8');

  const enumerations = new Map<string, readonly unknown[] | undefined>();
  const allowedFor = (className: string, property: string): readonly unknown[] | undefined => {
    const key = `${className}.${property}`;
    if (!enumerations.has(key)) enumerations.set(key, readAllowed(className, property));
    return enumerations.get(key);
  };
  const readAllowed = (className: string, property: string): readonly unknown[] | undefined => {
    const declared = new RegExp(`interface ${className}\\b[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(declarations)?.[1];
    const type = new RegExp(`\\b${property}\\??: (\\w+)(?:\\[\\])?;`).exec(declared ?? '')?.[1];
    const values = enums[`Known${type ?? ''}`];
    return typeof values === 'object' && values !== null ? Object.values(values) : undefined;
  };

  function* check(value: unknown, mapper: Mapper, way: string, allowed?: readonly unknown[]): Generator<string> {
    const { type } = mapper;
    if (mapper.readOnly) yield `${way} is read-only`;
    const expected = { String: 'string', Number: 'number', Boolean: 'boolean' }[type.name];
    if (expected !== undefined && typeof value !== expected) yield `${way} must be a ${expected}`;
    const values = type.allowedValues ?? allowed;
    if (values !== undefined && typeof value === 'string' && !values.includes(value)) {
      yield `${way} must be one of ${values.join(', ')}; it is ${value}`;
    }
    if (type.name === 'Sequence' && type.element !== undefined) {
      if (!Array.isArray(value)) yield `${way} must be a list`;
      else for (const [at, each] of value.entries()) yield* check(each, type.element, `${way}[${at}]`, allowed);
    } else if (type.name === 'Dictionary' && type.value !== undefined) {
      if (!isObject(value)) yield `${way} must be an object`;
      else for (const [key, each] of Object.entries(value)) yield* check(each, type.value, `${way}.${key}`);
    } else if (type.name === 'Composite') {
      if (isObject(value)) yield* checkModel(value, type.className ?? '', way);
      else yield `${way} must be an object`;
    }
  }

  function* checkModel(value: Readonly<Record<string, unknown>>, className: string, way: string): Generator<string> {
    const properties = mappers[className]?.type.modelProperties;
    if (properties === undefined) throw new RangeError(`${name} has no model ${className}`);
    const seen = new Set<string>();
    for (const [property, mapper] of Object.entries(properties)) {
      const path = (mapper.serializedName ?? property).split('.');
      const found = path.reduce<unknown>((holder, key) => (isObject(holder) ? holder[key] : undefined), value);
      seen.add(path.join('.'));
      if (found === undefined || found === null) {
        if (mapper.required) yield `${way}.${path.join('.')} is required`;
      } else yield* check(found, mapper, `${way}.${path.join('.')}`, allowedFor(className, property));
    }
    for (const path of leaves(value, seen)) yield `${way} has no ${path}`;
  }

  return {
    problemsOf: (value, model) => [...check(value, { type: { name: 'Composite', className: model } }, model)],
  };
}

/** Ways to properties that no model knows; a known one is not entered. */
function* leaves(value: Readonly<Record<string, unknown>>, known: ReadonlySet<string>, before = ''): Generator<string> {
  for (const [key, each] of Object.entries(value)) {
    const path = before === '' ? key : `${before}.${key}`;
    if (known.has(path)) continue;
    const isHolder = [...known].some((other) => other.startsWith(`${path}.`));
    if (isHolder && isObject(each)) yield* leaves(each, known, path);
    else yield path;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
