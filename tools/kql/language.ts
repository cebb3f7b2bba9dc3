import { createRequire } from 'node:module';

/** The lists of the library, which was C# once. */
interface Listed<Item> {
  readonly Count: number;
  getItem(index: number): Item;
}

interface Diagnostic {
  readonly Severity: string;
  readonly Code: string;
  readonly Start: number;
  readonly Message: string;
}

interface OutputColumn {
  readonly Name: string;
  readonly Type: { readonly Name: string };
}

interface Code {
  GetDiagnostics(): Listed<Diagnostic>;
  readonly ResultType: { readonly Columns?: Listed<OutputColumn> } | null;
}

type Globals = object;

interface Kusto {
  readonly Symbols: {
    readonly TableSymbol: { readonly $ctor7: new (name: string, schema: string, description: null) => object };
    readonly FunctionSymbol: {
      readonly $ctor16: new (name: string, parameters: string, body: string, description: null) => object;
    };
    readonly DatabaseSymbol: { readonly ctor: new (name: string, members: readonly object[]) => object };
  };
  readonly GlobalState: { readonly Default: { WithDatabase(database: object): Globals } };
  readonly KustoCode: { ParseAndAnalyze(query: string, globals: Globals): Code };
}

/** Tables, with their schema as `(Name: type, ...)`, and functions, with their parameters as `(name:type=default)`. */
export interface Workspace {
  readonly tables: readonly { readonly name: string; readonly schema: string }[];
  readonly functions: readonly { readonly name: string; readonly parameters: string; readonly body: string }[];
}

interface Problem {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  /** Characters from the beginning of the query. */
  readonly start: number;
}

export interface Analysis {
  readonly problems: readonly Problem[];
  /** Type by name of the columns that the query puts out, in order. */
  readonly output: ReadonlyMap<string, string>;
}

/** Microsoft's own parser and binder for KQL. Loading it takes 0.2 s, the first query 0.7 s, every other about 5 ms. */
export function analyserFor(workspace: Workspace): (query: string) => Analysis {
  const { Symbols, GlobalState, KustoCode } = load();
  const globals = GlobalState.Default.WithDatabase(
    new Symbols.DatabaseSymbol.ctor('workspace', [
      ...workspace.tables.map(({ name, schema }) => new Symbols.TableSymbol.$ctor7(name, schema, null)),
      ...workspace.functions.map(
        ({ name, parameters, body }) => new Symbols.FunctionSymbol.$ctor16(name, parameters, `{\n${body}\n}`, null),
      ),
    ]),
  );
  return (query) => {
    const code = KustoCode.ParseAndAnalyze(query, globals);
    const problems = itemsOf(code.GetDiagnostics()).map(({ Severity, Code: id, Start, Message }) => ({
      severity: Severity.toLowerCase(),
      code: id,
      message: Message,
      start: Start,
    }));
    const columns = itemsOf(code.ResultType?.Columns);
    return { problems, output: new Map(columns.map(({ Name, Type }) => [Name, Type.Name])) };
  };
}

function load(): Kusto {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  return (globalThis as unknown as { readonly Kusto: { readonly Language: Kusto } }).Kusto.Language;
}

function itemsOf<Item>(list: Listed<Item> | undefined): Item[] {
  return list === undefined ? [] : Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}
