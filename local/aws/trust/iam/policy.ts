import { type ConditionTest, readCondition } from './conditions.ts';
import { problemOfAction } from './knownActions.ts';
import { type PrincipalTest, readPrincipal } from './principals.ts';
import { wildcard } from './wildcard.ts';

/** Where a policy hangs decides which elements it must and must not have. */
export type PolicyKind = 'identity' | 'trust' | 'resource';

/** A policy document, read and ready to be asked. */
export interface Policy {
  readonly statements: readonly Statement[];
}

/** One statement of a policy. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly coversAction: (action: string) => boolean;
  readonly coversResource: (resource: string) => boolean;
  /** Absent in identity policies, which belong to their principal. */
  readonly principal?: PrincipalTest;
  readonly conditions: readonly ConditionTest[];
}

/** Reads a policy document strictly. Throws with every problem at once: a document half understood is not obeyed. */
export function readPolicy(kind: PolicyKind, name: string, document: unknown): Policy {
  const problems: string[] = [];
  const policy = readDocument(kind, document, problems);
  if (problems.length > 0) throw new Error(`Policy of ${name} is not valid: ${problems.join('; ')}.`);
  return policy;
}

function readDocument(kind: PolicyKind, document: unknown, problems: string[]): Policy {
  if (!isRecord(document)) {
    problems.push('the document must be an object');
    return { statements: [] };
  }
  refuseUnknown(document, ['Version', 'Id', 'Statement'], 'the document', problems);
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
  if (document['Version'] !== '2012-10-17') problems.push(`Version must be "2012-10-17"`);
  const statements = listOf(document['Statement']);
  if (statements.length === 0) problems.push('Statement must not be empty');
  return {
    statements: statements.flatMap((statement, index) => {
      const found: string[] = [];
      const read = readStatement(kind, statement, found);
      problems.push(...found.map((problem) => `statement ${labelOf(statement, index)}: ${problem}`));
      return read === undefined ? [] : [read];
    }),
  };
}

function readStatement(kind: PolicyKind, statement: unknown, problems: string[]): Statement | undefined {
  if (!isRecord(statement)) {
    problems.push('must be an object');
    return undefined;
  }
  refuseUnknown(statement, elements, 'it', problems);
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') {
    problems.push('Effect must be "Allow" or "Deny"');
    return undefined;
  }
  const principal = readPrincipalOf(kind, statement, problems);
  return {
    effect,
    coversAction: readActions(statement, problems),
    coversResource: readResources(kind, statement, problems),
    ...(principal === undefined ? {} : { principal }),
    conditions: readConditions(statement['Condition'], problems),
  };
}

const elements = [
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
];

function readPrincipalOf(
  kind: PolicyKind,
  statement: Readonly<Record<string, unknown>>,
  problems: string[],
): PrincipalTest | undefined {
  const { Principal: principal, NotPrincipal: notPrincipal } = statement;
  if (kind === 'identity') {
    if (principal !== undefined || notPrincipal !== undefined) problems.push('an identity policy has no Principal');
    return undefined;
  }
  if ((principal === undefined) === (notPrincipal === undefined)) {
    problems.push('exactly one of Principal and NotPrincipal must be given');
    return () => 'none';
  }
  if (notPrincipal === undefined) return readPrincipal(principal, problems);
  const named = readPrincipal(notPrincipal, problems);
  return (caller) => (named(caller) === 'none' ? 'name' : 'none');
}

function readActions(statement: Readonly<Record<string, unknown>>, problems: string[]): (action: string) => boolean {
  return readEither(statement, 'Action', 'NotAction', problems, (pattern) => {
    const problem = problemOfAction(pattern);
    if (problem !== undefined) problems.push(problem);
    return wildcard(pattern, { ignoreCase: true });
  });
}

function readResources(
  kind: PolicyKind,
  statement: Readonly<Record<string, unknown>>,
  problems: string[],
): (resource: string) => boolean {
  if (kind === 'trust') {
    if (statement['Resource'] !== undefined || statement['NotResource'] !== undefined) {
      problems.push('a trust policy has no Resource');
    }
    return () => true;
  }
  return readEither(statement, 'Resource', 'NotResource', problems, (pattern) => {
    if (pattern !== '*' && !/^arn:[a-z*-]+:[a-z0-9*-]+:/.test(pattern)) {
      problems.push(`resource "${pattern}" must be "*" or an ARN`);
    }
    if (pattern.includes('$' + '{')) problems.push(`policy variable in "${pattern}" is not evaluated here`);
    return wildcard(pattern);
  });
}

function readEither(
  statement: Readonly<Record<string, unknown>>,
  positive: string,
  negative: string,
  problems: string[],
  read: (pattern: string) => (text: string) => boolean,
): (text: string) => boolean {
  const negated = statement[positive] === undefined;
  const values = listOf(statement[negated ? negative : positive]);
  if (values.length === 0 || (!negated && statement[negative] !== undefined)) {
    problems.push(`exactly one of ${positive} and ${negative} must be given`);
  }
  const tests = values.flatMap((value) => {
    if (typeof value === 'string') return [read(value)];
    problems.push(`${positive} must hold strings, not ${JSON.stringify(value)}`);
    return [];
  });
  return negated ? (text) => !tests.some((test) => test(text)) : (text) => tests.some((test) => test(text));
}

function readConditions(block: unknown, problems: string[]): readonly ConditionTest[] {
  if (block === undefined) return [];
  if (!isRecord(block)) {
    problems.push('Condition must be an object');
    return [];
  }
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) {
      problems.push(`Condition ${operator} must be an object`);
      return [];
    }
    return Object.entries(keys).flatMap(([key, wanted]) => {
      const read = readCondition(operator, key, listOf(wanted).map(String));
      if ('test' in read) return [read.test];
      problems.push(read.problem);
      return [];
    });
  });
}

function refuseUnknown(
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
  what: string,
  problems: string[],
): void {
  for (const name of Object.keys(record)) {
    if (!known.includes(name)) problems.push(`${what} has an unknown element "${name}"`);
  }
}

function labelOf(statement: unknown, index: number): string {
  return isRecord(statement) && typeof statement['Sid'] === 'string' ? `"${statement['Sid']}"` : `${index + 1}`;
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
