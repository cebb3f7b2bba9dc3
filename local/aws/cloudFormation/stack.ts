import type { Template, TemplateParameter, TemplateResource } from './template.ts';

/** Where a stack is created. */
export interface StackPlace {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly urlSuffix: string;
}

/** A resource as it would be made: its properties with every function answered. */
export interface StackResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What CloudFormation would make of a template. */
export interface Stack {
  readonly resources: ReadonlyMap<string, StackResource>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Evaluates a template as CloudFormation would before it makes anything.
 * @throws Error naming every parameter that is missing or not allowed and every rule that does not hold; or the first
 * reference to something that is not made.
 */
export function evaluateStack(
  template: Template,
  parameters: Readonly<Record<string, string>>,
  place: StackPlace,
): Stack {
  const evaluator = new Evaluator(template, readParameters(template, parameters), place);
  const broken = evaluator.brokenRules();
  if (broken.length > 0) throw new Error(broken.join('; '));
  const resources = new Map<string, StackResource>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (!evaluator.isMade(id)) continue;
    evaluator.value(resource.Metadata);
    const properties = (evaluator.value(resource.Properties ?? {}) ?? {}) as StackResource['properties'];
    resources.set(id, { type: resource.Type, properties });
  }
  const outputs: Record<string, unknown> = {};
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    if (output.Condition === undefined || evaluator.holds(output.Condition))
      outputs[name] = evaluator.value(output.Value);
  }
  return { resources, outputs };
}

type Values = Readonly<Record<string, string | readonly string[]>>;

function readParameters(template: Template, given: Readonly<Record<string, string>>): Values {
  const declared = template.Parameters ?? {};
  const problems = Object.keys(given)
    .filter((name) => !(name in declared))
    .map((name) => `${name} is not a parameter`);
  const values: Record<string, string | readonly string[]> = {};
  for (const [name, parameter] of Object.entries(declared)) {
    const text = given[name] ?? (parameter.Default === undefined ? undefined : String(parameter.Default));
    if (text === undefined) {
      problems.push(`${name} has no value`);
      continue;
    }
    const items = parameter.Type === 'CommaDelimitedList' ? text.split(',').map((item) => item.trim()) : [text];
    for (const item of items) {
      const problem = problemOf(item, parameter);
      if (problem !== undefined) problems.push(`${name} ${problem}; got "${item}"`);
    }
    values[name] = parameter.Type === 'CommaDelimitedList' ? items : text;
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
  return values;
}

function problemOf(text: string, parameter: TemplateParameter): string | undefined {
  const { AllowedPattern: pattern, AllowedValues: allowed, ConstraintDescription: description } = parameter;
  // CloudFormation anchors patterns at both ends.
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(text))
    return description ?? `must match ${pattern}`;
  if (allowed !== undefined && !allowed.map(String).includes(text)) return `must be one of ${allowed.join(', ')}`;
  if (parameter.MinLength !== undefined && text.length < parameter.MinLength) return 'must not be empty';
  if (parameter.Type === 'Number' && !(Number(text) >= (parameter.MinValue ?? -Infinity))) {
    return `must be a number of at least ${parameter.MinValue}`;
  }
  return undefined;
}

/** Stands for a property that is left out. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html */
const noValue = Symbol('AWS::NoValue');

class Evaluator {
  readonly #template: Template;
  readonly #parameters: Values;
  readonly #place: StackPlace;
  readonly #pseudo: Readonly<Record<string, unknown>>;

  constructor(template: Template, parameters: Values, place: StackPlace) {
    this.#template = template;
    this.#parameters = parameters;
    this.#place = place;
    this.#pseudo = {
      'AWS::AccountId': place.account,
      'AWS::Region': place.region,
      'AWS::Partition': place.partition,
      'AWS::URLSuffix': place.urlSuffix,
      'AWS::StackName': 'connector',
      'AWS::NoValue': noValue,
    };
  }

  brokenRules(): string[] {
    return Object.values(this.#template.Rules ?? {})
      .filter(({ RuleCondition }) => RuleCondition === undefined || this.value(RuleCondition) === true)
      .flatMap(({ Assertions }) => Assertions.filter(({ Assert }) => this.value(Assert) !== true))
      .map(({ AssertDescription }) => AssertDescription ?? 'a rule does not hold');
  }

  holds(condition: string): boolean {
    const expression = this.#template.Conditions?.[condition];
    if (expression === undefined) throw new Error(`there is no condition ${condition}`);
    return this.value(expression) === true;
  }

  isMade(id: string): boolean {
    const condition = this.#template.Resources[id]?.Condition;
    return condition === undefined || this.holds(condition);
  }

  value(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item) => this.value(item)).filter((item) => item !== noValue);
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node);
    const [first] = entries;
    if (entries.length === 1 && first !== undefined) {
      const [name, argument] = first;
      if (name === 'Ref') return this.#reference(argument);
      // In a Conditions block; a bucket policy's own "Condition" is an object.
      if (name === 'Condition' && typeof argument === 'string') return this.holds(argument);
      if (name.startsWith('Fn::')) return this.#call(name, argument);
    }
    const values = entries.map(([name, item]) => [name, this.value(item)] as const);
    return Object.fromEntries(values.filter(([, item]) => item !== noValue));
  }

  #call(name: string, argument: unknown): unknown {
    const list = argument as readonly unknown[];
    switch (name) {
      case 'Fn::If':
        // Only the chosen branch: the other may name what is not made.
        return this.value(this.holds(String(list[0])) ? list[1] : list[2]);
      case 'Fn::Equals':
        return JSON.stringify(this.value(list[0])) === JSON.stringify(this.value(list[1]));
      case 'Fn::Not':
        return this.value(list[0]) !== true;
      case 'Fn::And':
        return counted(list, name).every((item) => this.value(item) === true);
      case 'Fn::Or':
        return counted(list, name).some((item) => this.value(item) === true);
      case 'Fn::Join':
        return (this.value(list[1]) as readonly unknown[]).map(textOf).join(textOf(list[0]));
      case 'Fn::Split':
        return textOf(this.value(list[1])).split(textOf(list[0]));
      case 'Fn::Select':
        return this.#select(list);
      case 'Fn::GetAtt':
        return this.#attribute(String(list[0]), String(list[1]));
      case 'Fn::Sub':
        return Array.isArray(argument)
          ? this.#substitute(String(argument[0]), argument[1] as Readonly<Record<string, unknown>>)
          : this.#substitute(String(argument), {});
      default:
        throw new Error(`${name} is not known here`);
    }
  }

  #select(list: readonly unknown[]): unknown {
    const items = this.value(list[1]) as readonly unknown[];
    const item = items[Number(list[0])];
    if (item === undefined) throw new Error(`Fn::Select ${String(list[0])} of ${items.length} values`);
    return item;
  }

  #substitute(text: string, local: Readonly<Record<string, unknown>>): string {
    return text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      if (name in local) return textOf(this.value(local[name]));
      const dot = name.indexOf('.');
      return textOf(dot < 0 ? this.#reference(name) : this.#attribute(name.slice(0, dot), name.slice(dot + 1)));
    });
  }

  #reference(name: unknown): unknown {
    const key = String(name);
    if (key in this.#pseudo) return this.#pseudo[key];
    return this.#parameters[key] ?? this.#made(key).ref;
  }

  #attribute(id: string, attribute: string): string {
    const value = this.#made(id).attributes[attribute];
    if (value === undefined) throw new Error(`${id} has no attribute ${attribute} that is known here`);
    return value;
  }

  #made(id: string): Identity {
    const resource = this.#template.Resources[id];
    if (resource === undefined) throw new Error(`there is neither parameter nor resource ${id}`);
    if (!this.isMade(id)) throw new Error(`${id} is referred to and not made`);
    return identityOf(id, resource, (property) => this.value(resource.Properties?.[property]), this.#place);
  }
}

interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

// What Ref and Fn::GetAtt answer, type by type: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
function identityOf(
  id: string,
  { Type: type }: TemplateResource,
  property: (name: string) => unknown,
  { account, region, partition, urlSuffix }: StackPlace,
): Identity {
  const named = (name: string): string => textOf(property(name) ?? `connector-${id}`);
  const arn = (service: string, rest: string): string => `arn:${partition}:${service}:${region}:${account}:${rest}`;
  switch (type) {
    case 'AWS::IAM::Role':
      return {
        ref: named('RoleName'),
        attributes: { Arn: `arn:${partition}:iam::${account}:role/${named('RoleName')}` },
      };
    case 'AWS::IAM::OIDCProvider': {
      const provider = textOf(property('Url')).replace(/^https:\/\//, '');
      return { ref: `arn:${partition}:iam::${account}:oidc-provider/${provider}`, attributes: {} };
    }
    case 'AWS::SQS::Queue':
      return {
        ref: `https://sqs.${region}.${urlSuffix}/${account}/${named('QueueName')}`,
        attributes: { Arn: arn('sqs', named('QueueName')), QueueName: named('QueueName') },
      };
    case 'AWS::SNS::Topic':
      return { ref: arn('sns', named('TopicName')), attributes: { TopicName: named('TopicName') } };
    case 'AWS::S3::Bucket':
      return { ref: named('BucketName'), attributes: { Arn: `arn:${partition}:s3:::${named('BucketName')}` } };
    case 'AWS::KMS::Key': {
      const key = '0b1e5c1d-7a3f-4c52-9d0e-5f6a7b8c9d0e';
      return { ref: key, attributes: { Arn: arn('kms', `key/${key}`) } };
    }
    case 'AWS::Lambda::Function':
      return { ref: named('FunctionName'), attributes: { Arn: arn('lambda', `function:${named('FunctionName')}`) } };
    default:
      return { ref: `connector-${id}`, attributes: {} };
  }
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
function counted(list: readonly unknown[], name: string): readonly unknown[] {
  if (list.length < 2 || list.length > 10) throw new Error(`${name} takes two to ten conditions; got ${list.length}`);
  return list;
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`a text is needed; got ${JSON.stringify(value)}`);
}
