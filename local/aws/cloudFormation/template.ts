import { parseDocument, Scalar, YAMLMap } from 'yaml';

/** A template as CloudFormation's JSON form has it, intrinsic functions written out. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Rules?: Readonly<Record<string, TemplateRule>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: unknown;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly unknown[];
  readonly ConstraintDescription?: string;
  readonly MinLength?: number;
  readonly MinValue?: number;
}

interface TemplateRule {
  readonly RuleCondition?: unknown;
  readonly Assertions: ReadonlyArray<{ readonly Assert: unknown; readonly AssertDescription?: string }>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Metadata?: unknown;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface TemplateOutput {
  readonly Condition?: string;
  readonly Value: unknown;
}

/** Reads a template's YAML, short forms (`!Ref`, `!Sub` ...) included. @throws Error on YAML that is not valid. */
export function readTemplate(text: string): Template {
  const document = parseDocument(text, { customTags: shortForms.flatMap(tagsOf), strict: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new Error(`The template is not valid: ${problem.message}`);
  return document.toJS() as Template;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
const shortForms = ['Ref', 'Condition', 'Sub', 'GetAtt', 'If', 'Equals', 'And', 'Or', 'Not', 'Join', 'Select', 'Split'];

type CustomTags = NonNullable<Exclude<NonNullable<Parameters<typeof parseDocument>[1]>['customTags'], null>>;
type CustomTag = Exclude<Extract<CustomTags, readonly unknown[]>[number], string>;

function tagsOf(name: string): CustomTag[] {
  const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  return [
    { tag: `!${name}`, resolve: (text: string) => ({ [key]: name === 'GetAtt' ? splitAtDot(text) : text }) },
    {
      tag: `!${name}`,
      collection: 'seq',
      resolve: (items) => {
        const map = new YAMLMap();
        map.set(new Scalar(key), items);
        return map;
      },
    },
  ];
}

/** `!GetAtt Queue.Arn` means the list of both names. */
function splitAtDot(text: string): readonly string[] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}
