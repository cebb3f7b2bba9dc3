import type { SyntaxNode } from './syntax.ts';
import { parseDatetime, parseTimespan, type Value } from './values.ts';

/** The value of a literal; undefined when the node is none. */
export function literal(kind: string, node: SyntaxNode): { readonly value: Value } | undefined {
  const text = node.ToString(0).trim();
  switch (kind) {
    case 'StringLiteralExpression':
    case 'CompoundStringLiteralExpression':
      return { value: String(node['LiteralValue']) };
    case 'LongLiteralExpression':
    case 'IntLiteralExpression':
    case 'RealLiteralExpression':
    case 'DecimalLiteralExpression': {
      const inner = insideBrackets(text);
      return { value: inner === 'null' ? null : Number(inner) };
    }
    case 'BooleanLiteralExpression':
      return { value: /^(?:bool\()?null/.test(text) ? null : /true/i.test(text) };
    case 'DateTimeLiteralExpression': {
      const inner = insideBrackets(text);
      return { value: inner === 'null' ? null : parseDatetime(inner) };
    }
    case 'TimespanLiteralExpression': {
      const inner = insideBrackets(text);
      return { value: inner === 'null' ? null : parseTimespan(inner) };
    }
    case 'GuidLiteralExpression':
      return { value: insideBrackets(text).toLowerCase() };
    case 'NullLiteralExpression':
      return { value: null };
    default:
      return undefined;
  }
}

/** `5m` of `timespan(5m)`, without quotes. */
function insideBrackets(text: string): string {
  const inner = /^\w+\s*\((.*)\)$/s.exec(text)?.[1] ?? text;
  return inner.trim().replaceAll(/^["']|["']$/g, '');
}
