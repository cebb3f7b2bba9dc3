import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, SpecDatabase } from '@aws-cdk/service-spec-types';
import type { Stack } from '../../../local/aws/cloudFormation/stack.ts';

let loading: Promise<SpecDatabase> | undefined;

/** What CloudFormation's own specification does not allow in the resources of a stack: unknown types and properties, wrong types, what is required and missing. */
export async function problemsOfStack(stack: Stack): Promise<readonly string[]> {
  loading ??= loadAwsServiceSpec();
  const db = await loading;
  const problems: string[] = [];
  for (const [id, { type, properties }] of stack.resources) {
    if (type === 'AWS::CloudFormation::CustomResource') continue;
    const [resource] = db.lookup('resource', 'cloudFormationType', 'equals', type);
    if (resource === undefined) problems.push(`${id}: there is no type ${type}`);
    else checkProperties(db, resource.properties, properties, id, problems);
  }
  return problems;
}

function checkProperties(
  db: SpecDatabase,
  known: Readonly<Record<string, Property>>,
  found: Readonly<Record<string, unknown>>,
  path: string,
  problems: string[],
): void {
  for (const [name, value] of Object.entries(found)) {
    const property = known[name];
    if (property === undefined) problems.push(`${path}.${name} is not known`);
    else if (![property.type, ...(property.previousTypes ?? [])].some((type) => fits(db, type, value, []))) {
      fits(db, property.type, value, problems, `${path}.${name}`);
    }
  }
  for (const [name, property] of Object.entries(known)) {
    if (property.required === true && found[name] === undefined) problems.push(`${path}.${name} is required`);
  }
}

/** Whether the value is of that type; what is not goes to `problems`. */
function fits(db: SpecDatabase, type: PropertyType, value: unknown, problems: string[], path = ''): boolean {
  const before = problems.length;
  const wrong = (wanted: string) => problems.push(`${path} must be ${wanted}; got ${JSON.stringify(value)}`);
  switch (type.type) {
    case 'string':
      if (typeof value !== 'string') wrong('a string');
      break;
    case 'number':
    case 'integer':
      if (!Number.isFinite(Number(value)) || typeof value === 'boolean') wrong('a number');
      break;
    case 'boolean':
      if (typeof value !== 'boolean' && value !== 'true' && value !== 'false') wrong('a boolean');
      break;
    case 'array':
      if (!Array.isArray(value)) wrong('a list');
      else for (const [index, item] of value.entries()) fits(db, type.element, item, problems, `${path}[${index}]`);
      break;
    case 'map':
      if (!isObject(value)) wrong('an object');
      else for (const [name, item] of Object.entries(value)) fits(db, type.element, item, problems, `${path}.${name}`);
      break;
    case 'ref':
      if (!isObject(value)) wrong('an object');
      else checkProperties(db, db.get('typeDefinition', type.reference.$ref).properties, value, path, problems);
      break;
    case 'union':
      if (!type.types.some((one) => fits(db, one, value, []))) wrong('of another type');
      break;
    case 'json':
      if (!isObject(value) && typeof value !== 'string') wrong('a document');
      break;
    default:
      break;
  }
  return problems.length === before;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
