import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What this host obeys of host.json: https://learn.microsoft.com/azure/azure-functions/functions-host-json */
export interface HostSettings {
  /** Undefined: no limit. */
  readonly functionTimeoutMs: number | undefined;
  readonly routePrefix: string;
  readonly queues: QueueSettings;
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue#host-json */
export interface QueueSettings {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  /** Before a message whose function failed is seen again. */
  readonly visibilityTimeoutMs: number;
  readonly maxPollingIntervalMs: number;
  readonly messageEncoding: 'base64' | 'none';
}

/** https://learn.microsoft.com/azure/azure-functions/functions-host-json#override-hostjson-values */
const timeoutOverride = 'AzureFunctionsJobHost__functionTimeout';

/** Reads host.json of the app's folder, and the one value that app settings may override here. @throws Error naming the setting that cannot be read. */
export async function readHostSettings(
  directory: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<HostSettings> {
  const path = join(directory, 'host.json');
  const host = asObject(parse(await readFile(path, 'utf8')), path);
  const extensions = asObject(host['extensions'] ?? {}, 'extensions');
  const queues = asObject(extensions['queues'] ?? {}, 'extensions.queues');
  const http = asObject(extensions['http'] ?? {}, 'extensions.http');
  const batchSize = asCount(queues['batchSize'] ?? 16, 'extensions.queues.batchSize');
  const encoding = queues['messageEncoding'] ?? 'base64';
  if (encoding !== 'base64' && encoding !== 'none')
    throw wrong('extensions.queues.messageEncoding', 'base64 or none', encoding);
  return {
    functionTimeoutMs: timeoutOf(environment[timeoutOverride] ?? host['functionTimeout'] ?? '00:30:00'),
    routePrefix: String(http['routePrefix'] ?? 'api'),
    queues: {
      batchSize,
      newBatchThreshold: asCount(
        queues['newBatchThreshold'] ?? Math.floor(batchSize / 2),
        'extensions.queues.newBatchThreshold',
      ),
      maxDequeueCount: asCount(queues['maxDequeueCount'] ?? 5, 'extensions.queues.maxDequeueCount'),
      visibilityTimeoutMs: asDuration(queues['visibilityTimeout'] ?? '00:00:00', 'extensions.queues.visibilityTimeout'),
      maxPollingIntervalMs: asDuration(
        queues['maxPollingInterval'] ?? '00:01:00',
        'extensions.queues.maxPollingInterval',
      ),
      messageEncoding: encoding,
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`host.json is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function timeoutOf(value: unknown): number | undefined {
  return value === '-1' ? undefined : asDuration(value, 'functionTimeout');
}

/** `hh:mm:ss` or `d.hh:mm:ss`. */
function asDuration(value: unknown, name: string): number {
  const parts = /^(?:(\d+)\.)?(\d{1,2}):(\d\d):(\d\d)(\.\d+)?$/.exec(String(value));
  if (!parts) throw wrong(name, 'a time span such as 00:05:00', value);
  const [, days = 0, hours, minutes, seconds, fraction = 0] = parts.map(Number).map((part) => part || 0);
  return (((days * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0) + fraction) * 1000;
}

function asCount(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw wrong(name, 'a whole number', value);
  return value;
}

function asObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object', value);
  return value as Record<string, unknown>;
}

function wrong(name: string, expectation: string, value: unknown): Error {
  return new Error(`host.json: ${name} must be ${expectation}; got ${JSON.stringify(value)}`);
}
