/** A value as host and worker hand it over; the subset of the worker protocol's typed data that this host uses. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly int?: number;
  readonly double?: number;
  readonly bytes?: Uint8Array;
  readonly http?: HttpData;
}

export interface HttpData {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly statusCode?: string;
  readonly body?: TypedData | null;
}

/** What a function registered: its trigger and the trigger's options. */
export interface RegisteredFunction {
  readonly name: string;
  /** Binding type, such as `timerTrigger`. */
  readonly trigger: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Types of its output bindings, the return value's excluded. */
  readonly outputs: readonly string[];
}

export type InvocationOutcome =
  | { readonly kind: 'succeeded'; readonly returnValue: TypedData | undefined }
  | { readonly kind: 'failed'; readonly error: string };

export interface LogLine {
  readonly level: string;
  /** `user`: the function's own log; `system`: the library's; `console`: printed; `host`: the host's. */
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

/** Data that the app published on a diagnostics channel that the host listens to. */
export interface Published {
  readonly type: 'published';
  readonly channel: string;
  readonly data: unknown;
}

/** Host to worker. */
export type WorkerRequest =
  | {
      readonly type: 'invoke';
      readonly invocationId: string;
      readonly functionName: string;
      readonly input: TypedData;
      readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    }
  | { readonly type: 'terminate' };

/** Worker to host. */
export type WorkerReport =
  | { readonly type: 'loaded'; readonly functions: readonly RegisteredFunction[] }
  | { readonly type: 'load-failed'; readonly error: string }
  | ({ readonly type: 'log' } & LogLine)
  | Published
  | { readonly type: 'finished'; readonly invocationId: string; readonly outcome: InvocationOutcome }
  | { readonly type: 'terminated' };

/** A function as the host started it; `problem` when it could not. */
export interface HostedFunction {
  readonly name: string;
  readonly trigger: string;
  readonly problem?: string;
}

export interface StartedInvocation {
  readonly functionName: string;
  readonly invocationId: string;
  /** Process of the worker. */
  readonly pid: number;
}

export interface FinishedInvocation extends StartedInvocation {
  readonly failed: boolean;
  readonly error?: string;
  readonly durationMs: number;
}

/** Host to the process that started it. */
export type HostReport =
  | { readonly type: 'ready'; readonly functions: readonly HostedFunction[]; readonly url: string }
  | { readonly type: 'start-failed'; readonly error: string }
  | ({ readonly type: 'log' } & LogLine)
  | Published
  | ({ readonly type: 'invocation-started' } & StartedInvocation)
  | ({ readonly type: 'invocation-finished' } & FinishedInvocation)
  | { readonly type: 'worker-started'; readonly functionName: string; readonly pid: number }
  | {
      readonly type: 'worker-exited';
      readonly functionName: string;
      readonly pid: number;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | { readonly type: 'invoked'; readonly id: number; readonly result: FinishedInvocation }
  | { readonly type: 'invoke-refused'; readonly id: number; readonly error: string };

/** The process that started the host, to the host. */
export interface HostRequest {
  readonly type: 'invoke';
  readonly id: number;
  readonly functionName: string;
  readonly input?: string;
}
