import { QueueClient } from '@azure/storage-queue';
import type { HostSettings } from './hostSettings.ts';
import { connectionStringOf, resolveReferences } from './triggers/appSettingReferences.ts';
import { type HttpRoute, matchRoute } from './triggers/httpTrigger.ts';
import { startQueueListener } from './triggers/queueTrigger.ts';
import { startTimer } from './triggers/timerTrigger.ts';
import { createInstance, type FunctionInstance, type InvocationResult } from './worker/functionInstance.ts';
import type { HostedFunction, HostReport, RegisteredFunction } from './worker/messages.ts';
import { startWorker } from './worker/process.ts';

export interface HostedAppOptions {
  readonly entryFiles: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly channels: readonly string[];
  readonly settings: HostSettings;
  readonly maxInstances: number;
  readonly queueLeaseSeconds: number;
  readonly report: (report: HostReport) => void;
}

/** An app whose functions listen. */
export interface HostedApp {
  readonly functions: readonly HostedFunction[];
  readonly routes: readonly HttpRoute[];
  /** Runs a function at once. @throws RangeError when there is no such function, or it could not be started. */
  invoke(functionName: string, input: string | undefined): Promise<InvocationResult>;
  /** Stops listening, then gives what runs the grace. */
  stop(graceMs: number): Promise<void>;
}

/** Loads the app and starts the listener of every function, each with processes of its own. @throws Error when the app does not load. */
export async function startApp(options: HostedAppOptions): Promise<HostedApp> {
  const { report } = options;
  const first = await startWorker({ ...options, log: (line) => report({ type: 'log', ...line }), publish: report });
  // The worker that told what there is serves the first function that needs one.
  let spare: typeof first | undefined = first;
  const takeSpare = () => {
    const worker = spare;
    spare = undefined;
    return worker && { worker };
  };
  const started = new Map<string, StartedFunction>();
  const functions: HostedFunction[] = [];
  for (const registered of first.functions) {
    const { name, trigger } = registered;
    const create = () =>
      createInstance({ ...options, ...takeSpare(), functionName: name, timeoutMs: options.settings.functionTimeoutMs });
    try {
      started.set(name, startFunction(registered, create, options));
      functions.push({ name, trigger });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      functions.push({ name, trigger, problem });
      report({
        type: 'log',
        level: 'error',
        category: 'host',
        functionName: name,
        message: `${name} is not started: ${problem}`,
      });
    }
  }
  return {
    functions,
    routes: [...started.values()].flatMap(({ route }) => route ?? []),
    invoke(functionName, input) {
      const found = started.get(functionName);
      if (!found) throw new RangeError(`there is no running function ${functionName}`);
      return found.invoke(input);
    },
    async stop(graceMs) {
      spare?.kill();
      await Promise.all([...started.values()].map((one) => one.stop(graceMs)));
    },
  };
}

interface StartedFunction {
  invoke(input: string | undefined): Promise<InvocationResult>;
  stop(graceMs: number): Promise<void>;
  readonly route?: HttpRoute;
}

/** @throws Error when an option names a setting that is missing, or the trigger is of a kind this host does not know. */
function startFunction(
  { name, trigger, options, outputs }: RegisteredFunction,
  create: () => FunctionInstance,
  app: HostedAppOptions,
): StartedFunction {
  if (outputs.length > 0) throw new Error(`output bindings (${outputs.join(', ')}) are not supported here`);
  const option = (key: string): string => resolveReferences(String(options[key] ?? ''), app.environment);
  switch (trigger) {
    case 'timerTrigger': {
      const instance = create();
      const timer = startTimer({
        schedule: option('schedule'),
        runOnStartup: options['runOnStartup'] === true,
        run: (input) => instance.invoke(input),
      });
      return {
        invoke: () => timer.runNow(),
        stop: (graceMs) => {
          timer.stop();
          return instance.stop(graceMs);
        },
      };
    }
    case 'queueTrigger': {
      const connection = connectionStringOf(option('connection'), app.environment);
      const queueName = option('queueName');
      const listener = startQueueListener({
        queue: new QueueClient(connection, queueName),
        poisonQueue: new QueueClient(connection, `${queueName}-poison`),
        settings: app.settings.queues,
        leaseSeconds: app.queueLeaseSeconds,
        maxInstances: app.maxInstances,
        idleInstanceMs: 60_000,
        createInstance: create,
        log: (level, message) => app.report({ type: 'log', level, category: 'host', functionName: name, message }),
      });
      let byHand: FunctionInstance | undefined;
      return {
        invoke: (input) => {
          byHand ??= create();
          return byHand.invoke({ string: input ?? '' });
        },
        stop: async (graceMs) => {
          await Promise.all([listener.stop(graceMs), byHand?.stop(graceMs)]);
        },
      };
    }
    case 'httpTrigger': {
      const instance = create();
      const methods = Array.isArray(options['methods']) ? options['methods'].map(String) : ['GET', 'POST'];
      return {
        invoke: (input) =>
          instance.invoke({
            http: { method: 'POST', url: 'http://localhost/', headers: {}, body: { string: input ?? '' } },
          }),
        stop: (graceMs) => instance.stop(graceMs),
        route: {
          methods: methods.map((method) => method.toUpperCase()),
          isOpen: String(options['authLevel'] ?? 'function').toLowerCase() === 'anonymous',
          match: matchRoute(option('route') || name),
          invoke: (input) => instance.invoke(input),
        },
      };
    }
    default:
      throw new Error(`triggers of type ${trigger} are not supported here`);
  }
}
