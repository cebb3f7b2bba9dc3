import { parseSync } from 'oxc-parser';

/** One small change that a good test must notice. */
export interface Mutant {
  /** From the project's folder on. */
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
}

type Node = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly start: number;
  readonly end: number;
};

/** Every mutant of a source. Types, imports and the texts that people read are left alone: no test should fix those. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const mutants: Mutant[] = [];
  const replace = ({ start, end }: { start: number; end: number }, replacement: string): void => {
    const original = source.slice(start, end);
    if (original === replacement) return;
    const line = source.slice(0, start).split('\n').length;
    mutants.push({ file, line, start, end, original, replacement });
  };
  visit(program as unknown as Node, (node) => {
    const text = ({ start, end }: Node): string => source.slice(start, end);
    switch (node.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        replace(node['test'] as Node, 'true');
        replace(node['test'] as Node, 'false');
        break;
      case 'WhileStatement':
        replace(node['test'] as Node, 'false');
        break;
      case 'BinaryExpression':
      case 'LogicalExpression':
      case 'AssignmentExpression': {
        const [left, right] = [node['left'] as Node, node['right'] as Node];
        const operator = String(node['operator']);
        const other = otherOperator(operator, [left, right]);
        if (other === undefined) break;
        const at = source.indexOf(operator, left.end);
        replace({ start: at, end: at + operator.length }, other);
        break;
      }
      case 'UnaryExpression':
        if (node['operator'] === '!') replace(node, `(${text(node['argument'] as Node)})`);
        break;
      case 'Literal':
        if (typeof node['value'] === 'boolean') replace(node, String(!node['value']));
        else if (typeof node['value'] === 'number') replace(node, `(${text(node)} + 1)`);
        break;
      case 'ExpressionStatement':
        if (isAct(node['expression'] as Node)) replace(node, ';');
        break;
      case 'ReturnStatement': {
        const argument = node['argument'] as Node | null;
        if (argument?.type === 'ArrayExpression' && text(argument) !== '[]') replace(argument, '[]');
        break;
      }
    }
  });
  return mutants;
}

const others: Readonly<Record<string, string>> = {
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===' },
  ...{ '&&': '||', '||': '&&', '??': '&&', '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' },
  ...{ '&': '|', '|': '&', '<<': '>>', '>>': '<<', '>>>': '<<', '+=': '-=', '-=': '+=', '??=': '=' },
};

function otherOperator(operator: string, sides: readonly Node[]): string | undefined {
  // Joined texts are for people.
  const isText = (node: Node): boolean => node.type === 'TemplateLiteral' || typeof node['value'] === 'string';
  return operator.startsWith('+') && sides.some(isText) ? undefined : others[operator];
}

/** What is done for its effect, and not found out by a missing value. */
function isAct(node: Node): boolean {
  if (node.type === 'AwaitExpression') return isAct(node['argument'] as Node);
  if (node.type === 'UnaryExpression' && node['operator'] === 'void') return isAct(node['argument'] as Node);
  return ['CallExpression', 'AssignmentExpression', 'UpdateExpression', 'ChainExpression'].includes(node.type);
}

function visit(node: Node, see: (node: Node) => void): void {
  if (/^(TS(?!AsExpression|SatisfiesExpression|NonNull)|Import|ExportAll)/.test(node.type)) return;
  see(node);
  for (const [name, child] of Object.entries(node)) {
    if (name === 'typeAnnotation' || name === 'returnType' || name === 'typeArguments' || name === 'key') continue;
    for (const each of Array.isArray(child) ? child : [child]) if (isNode(each)) visit(each, see);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
