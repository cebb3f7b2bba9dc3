import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { connectorOf, type Environment } from '../../../functions/app/connector.ts';
import { answerParent } from '../../../local/process/asked.ts';
import type { SliceSummary } from '../../../shared/words/events.ts';
import type { ConnectorLook, ConnectorOrder } from './messages.ts';

/** The connector as its functions compose it, in a process of its own, told what to do by its parent. */
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const slices: SliceSummary[] = [];
const stopping = new AbortController();
let draining: Promise<void> = Promise.resolve();
let storagePorts: readonly string[] = [];
let storageRequests = 0;

// https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html#http
subscribe('http.client.request.start', (message) => {
  const { request } = message as { readonly request: ClientRequest };
  if (storagePorts.includes(String(request.getHeader('host')).split(':')[1] ?? '')) storageRequests += 1;
});

answerParent<ConnectorOrder, ConnectorLook>({
  first: look(),
  async answer(order) {
    await obey(order);
    return look();
  },
});

async function obey(order: ConnectorOrder): Promise<void> {
  if (order.kind === 'drain') draining = drainUntilStopped(order.settings);
  if (order.kind !== 'stop') return;
  stopping.abort();
  await draining;
}

async function drainUntilStopped(settings: Environment): Promise<void> {
  const account = settings['AzureWebJobsStorage'] ?? '';
  storagePorts = [...account.matchAll(/Endpoint=https?:\/\/[^:;]+:(\d+)/g)].map(([, port = '']) => port);
  const connector = connectorOf(settings, quiet);
  while (!stopping.signal.aborted) slices.push(...(await connector.drainAll(stopping.signal)));
  connector.close();
}

function look(): ConnectorLook {
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now(),
    cpuMs: (user + system) / 1000,
    rssBytes: process.resourceUsage().maxRSS * 1024,
    storageRequests,
    rowsAccepted: sum(({ rowsAccepted }) => rowsAccepted),
    identityHolds: slices.every(({ identityHolds }) => identityHolds),
    mostUploadsInFlight: Math.max(0, ...slices.map(({ mostUploadsInFlight }) => mostUploadsInFlight)),
    failures: slices.flatMap(({ failure }) => (failure === undefined ? [] : [`${failure.code}: ${failure.message}`])),
  };
}

function sum(figure: (slice: SliceSummary) => number): number {
  return slices.reduce((total, slice) => total + figure(slice), 0);
}

function ignore(): void {
  // What a slice says is summed up above.
}
