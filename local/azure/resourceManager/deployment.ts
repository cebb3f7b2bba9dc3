import { evaluate, type Runtime, type Scope } from './evaluate.ts';
import { idOf, type Place, sameId } from './ids.ts';
import { parameterValues } from './parameterValues.ts';

/** A template as parsed from its file. */
export interface Template {
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly resources: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly outputs?: Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;
}

export interface DeployedResource {
  readonly id: string;
  readonly type: string;
  /** As it would be sent: without condition, scope and dependsOn. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Resource ID of the scope of an extension resource. */
  readonly scope?: string;
  /** IDs of what it waits for, the nested deployment that it is in and what that waits for included. */
  readonly dependsOn: readonly string[];
  /** IDs of the resources of this template that it asks, or names in its body. */
  readonly reads: readonly string[];
  /** ID of the nested deployment that makes it. */
  readonly inside?: string;
}

export interface Deployed {
  readonly resources: readonly DeployedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What a resource answers; undefined for one that does not exist. `body`: of a resource of the template. */
export type Answers = (
  id: string,
  body: Readonly<Record<string, unknown>> | undefined,
) => { readonly full: unknown; readonly list?: unknown } | undefined;

/**
 * Works a template out as Azure Resource Manager would, nested deployments included.
 * @throws RangeError that names the resource and what is wrong
 */
export function deploy(
  template: Template,
  parameters: Readonly<Record<string, unknown>>,
  place: Place,
  answers: Answers,
  within?: Pick<DeployedResource, 'id' | 'dependsOn'>,
): Deployed {
  const values = parameterValues(template.parameters ?? {}, parameters, (value) =>
    evaluate(value, { place, parameter: notInDefault, variable: notInDefault }),
  );
  const early: Scope = {
    place,
    parameter: (name) => {
      const key = Object.keys(values).find((each) => each.toLowerCase() === name.toLowerCase());
      if (key === undefined) throw new RangeError(`there is no parameter ${name}`);
      return values[key];
    },
    variable: (name) => {
      const variable = template.variables?.[name];
      if (variable === undefined) throw new RangeError(`there is no variable ${name}`);
      return evaluate(variable, early);
    },
  };
  for (const name of Object.keys(template.variables ?? {})) early.variable(name);

  const entries = template.resources.map((source) => about(source, () => entryOf(source, early, place)));
  const present = entries.filter(({ isWanted }) => isWanted);
  for (const { id } of present) {
    if (present.filter((each) => sameId(each.id, id)).length > 1) throw new RangeError(`${id} is there twice`);
  }
  const bodies = new Map<string, Readonly<Record<string, unknown>>>();
  const runtimeFor = (reads: Set<string>): Runtime => {
    const ask = (id: string): { readonly full: unknown; readonly list?: unknown } => {
      const own = entries.find((each) => sameId(each.id, id));
      if (own !== undefined) reads.add(own.id);
      const found = answers(id, own === undefined ? undefined : (bodies.get(own.id) ?? own.source));
      if (found === undefined) throw new RangeError(`there is no resource ${id}`);
      return found;
    };
    return {
      reference: (id, full) => (full ? ask(id).full : (ask(id).full as { properties: unknown }).properties),
      list: (_, id) => {
        // Of a configuration of the app, the app itself is what must be there.
        const own = entries.find((each) => id.toLowerCase().startsWith(`${each.id.toLowerCase()}/`));
        if (own !== undefined) reads.add(own.id);
        const found = answers(id, undefined)?.list;
        if (found === undefined) throw new RangeError(`there is nothing to list of ${id}`);
        return found;
      },
    };
  };

  const resources = present.flatMap((entry) =>
    about(entry.source, () => {
      const reads = new Set<string>();
      const scope: Scope = { ...early, runtime: runtimeFor(reads) };
      const { condition: _, dependsOn: names, scope: __, properties, ...others } = entry.source;
      const dependsOn = ((names ?? []) as readonly string[]).map((name) => String(evaluate(name, early)));
      for (const id of dependsOn) {
        if (!entries.some((each) => sameId(each.id, id)))
          throw new RangeError(`it waits for ${id}, which is not there`);
      }
      const isNested = entry.type === 'Microsoft.Resources/deployments';
      const body = {
        ...(evaluate(others, early) as object),
        properties: isNested
          ? {
              ...(properties as object),
              parameters: evaluate((properties as { parameters?: unknown }).parameters, scope),
            }
          : evaluate(properties, scope),
      };
      bodies.set(entry.id, body);
      for (const text of textsOf(isNested ? { ...body, properties: undefined } : body)) {
        for (const { id } of present) if (text.toLowerCase().includes(id.toLowerCase())) reads.add(id);
      }
      if (entry.scope !== undefined && present.some(({ id }) => sameId(id, entry.scope ?? ''))) reads.add(entry.scope);
      const own: DeployedResource = {
        id: entry.id,
        type: entry.type,
        body,
        ...(entry.scope !== undefined && { scope: entry.scope }),
        dependsOn: [...dependsOn, ...(within?.dependsOn ?? [])],
        ...(within !== undefined && { inside: within.id }),
        reads: [...reads].filter((id) => !sameId(id, entry.id)),
      };
      if (!isNested) return [own];
      const inner = body.properties as { template: Template; parameters?: Record<string, { value: unknown }> };
      const given = Object.fromEntries(Object.entries(inner.parameters ?? {}).map(([key, { value }]) => [key, value]));
      return [own, ...deploy(inner.template, given, entry.place, answers, own).resources];
    }),
  );
  const late: Scope = { ...early, runtime: runtimeFor(new Set()) };
  const outputs = Object.fromEntries(
    Object.entries(template.outputs ?? {}).map(([name, { value }]) => [name, evaluate(value, late)]),
  );
  return { resources, outputs };
}

function notInDefault(name: string): never {
  throw new RangeError(`a default cannot name ${name}`);
}

interface Entry {
  readonly source: Readonly<Record<string, unknown>>;
  readonly id: string;
  readonly type: string;
  readonly scope?: string;
  readonly place: Place;
  readonly isWanted: boolean;
}

function entryOf(source: Readonly<Record<string, unknown>>, scope: Scope, place: Place): Entry {
  const [type, name] = [String(source['type']), String(evaluate(source['name'], scope))];
  const isWanted = source['condition'] === undefined || evaluate(source['condition'], scope);
  if (typeof isWanted !== 'boolean') throw new RangeError('the condition must be true or false');
  const there: Place = {
    subscriptionId: String(evaluate(source['subscriptionId'] ?? place.subscriptionId, scope)),
    resourceGroup: String(evaluate(source['resourceGroup'] ?? place.resourceGroup, scope)),
  };
  const on = source['scope'] === undefined ? undefined : String(evaluate(source['scope'], scope));
  const id = on === undefined ? idOf(type, name.split('/'), there) : `${on}${idOf(type, name.split('/'))}`;
  return { source, id, type, place: there, isWanted, ...(on !== undefined && { scope: on }) };
}

function about<Result>(source: Readonly<Record<string, unknown>>, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { message } = error as Error;
    throw new RangeError(`${String(source['type'])} ${String(source['name'])}: ${message}`, { cause: error });
  }
}

function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* textsOf(each);
}
