/**
 * A local functions host: obeys host.json, and runs each function in a process of its own, as Azure does.
 * Run by `startHost`, with the app settings as environment; reports over IPC and prints nothing.
 */
import { parseArgs } from 'node:util';
import { findAppFiles } from './appFiles.ts';
import { type HostedApp, startApp } from './hostedApp.ts';
import { type HostServer, startHostServer } from './hostServer.ts';
import { readHostSettings } from './hostSettings.ts';
import { takeFunctionKey } from './triggers/functionKey.ts';
import type { HostReport, HostRequest } from './worker/messages.ts';

/** The real host ends 3 to 6 s after SIGTERM. */
const graceMs = 6000;

// Without the process that started it nobody could stop this host; its workers end with it.
process.on('disconnect', () => process.exit(1));

await run().catch((error: unknown) => {
  report({ type: 'start-failed', error: error instanceof Error ? error.message : String(error) }, () =>
    process.exit(1),
  );
});

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      app: { type: 'string', default: '.' },
      entry: { type: 'string' },
      channel: { type: 'string', multiple: true, default: [] },
      'max-instances': { type: 'string', default: '4' },
      'queue-lease-seconds': { type: 'string', default: '600' },
    },
  });
  const { directory, entryFiles } = await findAppFiles(values.app, values.entry);
  const functionKey = takeFunctionKey(process.env);
  const settings = await readHostSettings(directory, process.env);
  const app = await startApp({
    entryFiles,
    environment: process.env,
    channels: values.channel,
    settings,
    maxInstances: Number(values['max-instances']),
    queueLeaseSeconds: Number(values['queue-lease-seconds']),
    report,
  });
  const server = await startHostServer({
    routes: app.routes,
    routePrefix: settings.routePrefix,
    functionKey,
    functions: app.functions,
    invoke: (functionName, input) => {
      void app.invoke(functionName, input);
    },
  });
  process.on('message', (request: HostRequest) => answer(request, app));
  endOnSignal(app, server);
  report({ type: 'ready', functions: app.functions, url: server.url });
}

function answer({ id, functionName, input }: HostRequest, app: HostedApp): void {
  const refuse = (error: unknown) => report({ type: 'invoke-refused', id, error: String(error) });
  try {
    app.invoke(functionName, input).then(({ finished }) => report({ type: 'invoked', id, result: finished }), refuse);
  } catch (error) {
    refuse(error);
  }
}

/** Listeners stop first; what runs has the grace. */
function endOnSignal(app: HostedApp, server: HostServer): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    Promise.all([app.stop(graceMs), server.stop()]).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

function report(message: HostReport, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
}
