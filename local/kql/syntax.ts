import type { TypeName } from './values.ts';

/** What is used of a node of Kusto's bound syntax tree. */
export interface SyntaxNode {
  /** Number of its kind; see `Language.kindOf`. */
  readonly Kind: number;
  readonly TextStart: number;
  readonly ChildCount: number;
  GetChild(index: number): SyntaxNode | null;
  /** Its text; 0 leaves out what surrounds it. */
  ToString(include: 0): string;
  readonly ResultType: Symbol | null;
  readonly ReferencedSymbol: { readonly Name: string } | null;
  readonly [property: string]: unknown;
}

export interface Symbol {
  readonly Name: string;
  /** Of tables. */
  readonly Columns?: BridgedList<{ readonly Name: string; readonly Type: { readonly Name: string } }>;
}

/** A list of the .NET world. */
export interface BridgedList<Item> {
  readonly Count: number;
  getItem(index: number): Item;
}

export interface Column {
  readonly name: string;
  readonly type: TypeName;
}

export function listOf<Item>(list: BridgedList<Item>): Item[] {
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}

/** A child that the grammar says is there. */
export function part(node: SyntaxNode, name: string): SyntaxNode {
  const child = node[name];
  if (child === null || child === undefined) throw new TypeError(`a node of kind ${node.Kind} has no ${name}`);
  return child as SyntaxNode;
}

export function optionalPart(node: SyntaxNode, name: string): SyntaxNode | undefined {
  return (node[name] as SyntaxNode | null | undefined) ?? undefined;
}

/** The elements of a list in a query, without what separates them. */
export function elements(list: SyntaxNode): SyntaxNode[] {
  return Array.from({ length: list.ChildCount }, (_, index) => list.GetChild(index))
    .filter((element) => element !== null)
    .map((element) => (element['Element$1'] ?? element['Element'] ?? element) as SyntaxNode);
}

/** Elements of what stands in brackets, such as the arguments of a call. */
export function argumentsOf(list: SyntaxNode): SyntaxNode[] {
  return elements(part(list, 'Expressions'));
}

export function typeOf(node: SyntaxNode): TypeName {
  return (node.ResultType?.Name ?? 'dynamic') as TypeName;
}

/** Of the table that a node results in. */
export function columnsOf(node: SyntaxNode): Column[] {
  const columns = node.ResultType?.Columns;
  return columns === undefined
    ? []
    : listOf(columns).map(({ Name, Type }) => ({ name: Name, type: Type.Name as TypeName }));
}
