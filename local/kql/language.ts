import { createRequire } from 'node:module';
import { type BridgedList, type Column, listOf, type SyntaxNode } from './syntax.ts';

/** A table, or a function kept in the workspace. */
export interface Schema {
  readonly tables: readonly { readonly name: string; readonly columns: readonly Column[] }[];
  /** Such as `(lookback: timespan = 1d)` and `{ Table | where ... }`. */
  readonly functions?: readonly { readonly name: string; readonly parameters: string; readonly body: string }[];
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  /** In characters of the query. */
  readonly start: number;
  readonly length: number;
}

export interface Parsed {
  readonly root: SyntaxNode;
  readonly diagnostics: readonly Diagnostic[];
}

interface Kusto {
  readonly KustoCode: {
    ParseAndAnalyze(
      text: string,
      globals: unknown,
    ): { readonly Syntax: SyntaxNode; GetDiagnostics(): BridgedList<BridgedDiagnostic> };
  };
  readonly GlobalState: { readonly Default: { WithDatabase(database: unknown): unknown } };
  readonly Symbols: {
    readonly TableSymbol: { readonly $ctor7: new (name: string, columns: string, description: null) => unknown };
    readonly FunctionSymbol: {
      readonly $ctor16: new (name: string, parameters: string, body: string, description: null) => unknown;
    };
    readonly DatabaseSymbol: { readonly ctor: new (name: string, members: readonly unknown[]) => unknown };
  };
  readonly Syntax: { readonly SyntaxKind: Readonly<Record<string, unknown>> };
}

interface BridgedDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
  readonly Length: number;
}

let loaded: Kusto | undefined;

/** Microsoft's own parser and binder, 200 ms to load. */
function kusto(): Kusto {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    require('@kusto/language-service-next/bridge.min.js');
    require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
    loaded = (globalThis as unknown as { Kusto: { Language: Kusto } }).Kusto.Language;
  }
  return loaded;
}

let kinds: Map<number, string> | undefined;

/** `FilterOperator`, `StringLiteralExpression` ... */
export function kindOf(node: SyntaxNode): string {
  if (kinds === undefined) {
    const all = Object.entries(kusto().Syntax.SyntaxKind).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    kinds = new Map(all.map(([name, number]) => [number, name]));
  }
  return kinds.get(node.Kind) ?? `kind ${node.Kind}`;
}

/** Parses queries against one schema. */
export function parserOver({ functions = [], tables }: Schema): (query: string) => Parsed {
  const { Symbols, GlobalState, KustoCode } = kusto();
  const members = [
    ...tables.map(
      ({ name, columns }) =>
        new Symbols.TableSymbol.$ctor7(
          name,
          `(${columns.map((column) => `['${column.name}']: ${column.type}`).join(', ')})`,
          null,
        ),
    ),
    ...functions.map(({ name, parameters, body }) => new Symbols.FunctionSymbol.$ctor16(name, parameters, body, null)),
  ];
  const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('LogAnalytics', members));
  return (query) => {
    const code = KustoCode.ParseAndAnalyze(query, globals);
    const diagnostics = listOf(code.GetDiagnostics()).map(({ Code, Length, Message, Severity, Start }) => ({
      code: Code,
      severity: Severity,
      message: Message,
      start: Start,
      length: Length,
    }));
    return { root: code.Syntax, diagnostics };
  };
}
