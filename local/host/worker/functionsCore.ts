import type { InvocationOutcome, LogLine, RegisteredFunction, TypedData } from './messages.ts';

/**
 * Stands in for the module `@azure/functions-core`, which the Functions worker supplies: with it the real
 * `@azure/functions` registers, converts and invokes. The names exported first are that module's own.
 */
export const version = '3.12.0';
export const hostVersion = '4.1040.0';

export class Disposable {
  readonly #dispose: () => void;
  constructor(dispose: () => void) {
    this.#dispose = dispose;
  }
  dispose(): void {
    this.#dispose();
  }
}

export function setProgrammingModel(value: ProgrammingModel): void {
  model = value;
}

export function getProgrammingModel(): ProgrammingModel | undefined {
  return model;
}

export function registerHook(name: string, callback: Hook): Disposable {
  const named = hooks.get(name) ?? [];
  hooks.set(name, [...named, callback]);
  return new Disposable(() =>
    hooks.set(
      name,
      (hooks.get(name) ?? []).filter((hook) => hook !== callback),
    ),
  );
}

export function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
  registered.set(metadata.name, { metadata, callback });
  return new Disposable(() => registered.delete(metadata.name));
}

export function log(level: string, category: string, message: string): void {
  writeLog({ level, category, message });
}

/** For the worker: where logs go. */
export function sendLogsTo(sink: (line: LogLine) => void): void {
  writeLog = sink;
}

/** For the worker: what the app registered. */
export function registeredFunctions(): RegisteredFunction[] {
  return [...registered.values()].map(({ metadata }) => {
    const bindings = Object.entries(metadata.bindings);
    const { type, name: _name, direction: _direction, ...options } = triggerOf(metadata)[1];
    const outputs = bindings.filter(([key, binding]) => binding.direction === 'out' && key !== '$return');
    return { name: metadata.name, trigger: type, options, outputs: outputs.map(([, binding]) => binding.type) };
  });
}

/** For the worker: runs the hooks of the app's life. */
export async function runAppHooks(name: 'appStart' | 'appTerminate'): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook({ hookData: {}, appHookData });
}

/** For the worker: one invocation through the library's own model, hooks included. Never rejects. */
export async function invokeFunction(
  functionName: string,
  invocationId: string,
  input: TypedData,
  triggerMetadata: Readonly<Record<string, TypedData>>,
): Promise<InvocationOutcome> {
  try {
    const found = registered.get(functionName);
    if (!found || !model) throw new Error(`the app registers no function ${functionName}`);
    const { metadata, callback } = found;
    const invocation = model.getInvocationModel({
      invocationId,
      metadata,
      request: { inputData: [{ name: triggerOf(metadata)[0], data: input }], triggerMetadata },
      log: (level, category, message) => writeLog({ level, category, message, functionName, invocationId }),
    });
    const { context, inputs } = await invocation.getArguments();
    const before: HookContext = {
      invocationContext: context,
      inputs,
      functionCallback: callback,
      hookData: {},
      appHookData,
    };
    for (const hook of hooks.get('preInvocation') ?? []) await hook(before);
    const after: HookContext = { ...before, result: undefined, error: undefined };
    try {
      after.result = await invocation.invokeFunction(
        context,
        before.inputs ?? inputs,
        before.functionCallback ?? callback,
      );
    } catch (error) {
      after.error = error;
    }
    for (const hook of hooks.get('postInvocation') ?? []) await hook(after);
    if (after.error !== undefined) throw after.error;
    const response = await invocation.getResponse(context, after.result);
    return { kind: 'succeeded', returnValue: response.returnValue ?? undefined };
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

type FunctionCallback = (...inputs: unknown[]) => unknown;
type Hook = (context: HookContext) => unknown;

interface HookContext {
  readonly hookData: Record<string, unknown>;
  readonly appHookData: Record<string, unknown>;
  readonly invocationContext?: unknown;
  inputs?: unknown[];
  functionCallback?: FunctionCallback;
  result?: unknown;
  error?: unknown;
}

interface Binding extends Readonly<Record<string, unknown>> {
  readonly type: string;
  readonly direction?: string;
  readonly name?: string;
}

interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

interface ProgrammingModel {
  getInvocationModel(context: {
    readonly invocationId: string;
    readonly metadata: FunctionMetadata;
    readonly request: {
      readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
      readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    };
    readonly log: (level: string, category: string, message: string) => void;
  }): InvocationModel;
}

interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ readonly returnValue?: TypedData | null }>;
}

let model: ProgrammingModel | undefined;
let writeLog: (line: LogLine) => void = () => {};
const hooks = new Map<string, Hook[]>();
const registered = new Map<string, { readonly metadata: FunctionMetadata; readonly callback: FunctionCallback }>();
const appHookData: Record<string, unknown> = {};

function triggerOf(metadata: FunctionMetadata): [name: string, binding: Binding] {
  const found = Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type));
  if (!found) throw new Error(`function ${metadata.name} has no trigger`);
  return found;
}
