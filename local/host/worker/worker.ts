/**
 * The process one function runs in: loads the app's entry files (its arguments) with the Functions core supplied,
 * tells the host what they register, and runs what the host asks for. It ends with its host.
 */
import { subscribe } from 'node:diagnostics_channel';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { invokeFunction, registeredFunctions, runAppHooks, sendLogsTo } from './functionsCore.ts';
import type { WorkerReport, WorkerRequest } from './messages.ts';

process.on('disconnect', () => process.exit(1));
// The host decides when a worker ends; Ctrl-C in a terminal reaches every process of the group. What the app itself
// does on SIGTERM is therefore not to be seen under this host.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

const core = new URL('./functionsCore.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@azure/functions-core' ? { url: core, shortCircuit: true } : next(specifier, context),
});
sendLogsTo((line) => report({ type: 'log', ...line }));

process.on('message', (request: WorkerRequest) => {
  if (request.type === 'terminate') {
    runAppHooks('appTerminate')
      .catch((error: unknown) => logError(`an appTerminate hook failed: ${String(error)}`))
      .finally(() => report({ type: 'terminated' }));
    return;
  }
  const { functionName, invocationId, input, triggerMetadata } = request;
  void invokeFunction(functionName, invocationId, input, triggerMetadata).then((outcome) =>
    report({ type: 'finished', invocationId, outcome }),
  );
});

const { positionals: files, values } = parseArgs({
  options: { channel: { type: 'string', multiple: true, default: [] } },
  allowPositionals: true,
});
for (const channel of values.channel) {
  subscribe(channel, (data) => report({ type: 'published', channel, data }));
}
await load(files);

/** One file that fails to load stops the whole app, as in Azure from Node 20 on. */
async function load(files: readonly string[]): Promise<void> {
  try {
    for (const file of files) await import(pathToFileURL(file).href);
    await runAppHooks('appStart');
    report({ type: 'loaded', functions: registeredFunctions() });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    report({ type: 'load-failed', error: text }, () => process.exit(1));
  }
}

function logError(message: string): void {
  report({ type: 'log', level: 'error', category: 'system', message });
}

function report(message: WorkerReport, sent: () => void = () => {}): void {
  // A host that is gone ends this process by 'disconnect'; nothing is left to tell.
  if (process.connected) process.send?.(message, undefined, undefined, sent);
}
