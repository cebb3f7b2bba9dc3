import { LineCounter, parseDocument, type Scalar, visit } from 'yaml';
import { declarationsOf, type FunctionFile } from './functionFiles.ts';

export interface Query {
  readonly text: string;
  /** Declarations that belong in front of the text and stand nowhere in the file. */
  readonly before: string;
  /** Where the text's first line stands in its file, from 1, and how far each of its lines is indented there. */
  readonly line: number;
  readonly indent: number;
}

/** Every query in a file, by its kind: YAML of a rule, hunt or function; the kql blocks of Markdown; else the whole text. */
export function queriesIn(name: string, text: string): readonly Query[] {
  if (/\.ya?ml$/i.test(name)) return inYaml(text);
  if (/\.md$/i.test(name)) return inMarkdown(text);
  return [{ text, before: '', line: 1, indent: 0 }];
}

const keys = new Set<unknown>(['query', 'FunctionQuery', 'ParserQuery']);

/** @throws YAMLParseError when the text is no YAML */
function inYaml(text: string): readonly Query[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [error] = document.errors;
  if (error) throw error;
  const found: Query[] = [];
  const before = declarationsOf((document.toJS() ?? {}) as FunctionFile);
  visit(document, {
    Pair(_, { key, value }) {
      const scalar = value as Scalar;
      if (!keys.has((key as Scalar).value) || typeof scalar.value !== 'string' || !scalar.range) return;
      const { line, col } = lineCounter.linePos(scalar.range[0]);
      const block = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
      const indent = block
        ? (/^ */.exec(text.split('\n')[line] ?? '')?.[0].length ?? 0)
        : col - (scalar.type === 'PLAIN' ? 1 : 0);
      found.push({ text: scalar.value, before, line: block ? line + 1 : line, indent });
    },
  });
  return found;
}

function inMarkdown(text: string): readonly Query[] {
  const found: Query[] = [];
  for (const { index, 1: indent = '', 2: body = '' } of text.matchAll(
    /^( *)```(?:kql|kusto)[^\n]*\n([\s\S]*?)^ *```/gm,
  )) {
    const line = text.slice(0, index).split('\n').length + 1;
    found.push({ text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), before: '', line, indent: indent.length });
  }
  return found;
}
