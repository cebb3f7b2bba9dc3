import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Agent, fetch } from 'undici';
import { afterAll } from 'vitest';
import { type LocalIdentity, startIdentity } from '../../../local/azure/identity.ts';
import {
  type IngestionOptions,
  type LocalIngestion,
  startIngestion,
} from '../../../local/azure/ingestion/ingestion.ts';
import type { StreamColumn } from '../../../local/azure/ingestion/streamColumns.ts';
import type { Clock } from '../../../shared/words/clock.ts';

/** A clock a test moves by hand; sleeping moves it at once. */
export function movableClock(start = Date.parse('2026-11-20T12:00:00Z')): Clock & { move(ms: number): void } {
  let time = start;
  return {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
    move(ms) {
      time += ms;
    },
  };
}

export const rule = 'dcr-0123456789abcdef0123456789abcdef';
export const stream = 'Custom-AWSCloudTrail';
export const principal = '11111111-2222-3333-4444-555555555555';
export const tenant = '99999999-8888-7777-6666-555555555555';

export const columns: readonly StreamColumn[] = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'EventTime', type: 'datetime' },
  { name: 'AwsEventId', type: 'string' },
  { name: 'EventName', type: 'string' },
  { name: 'RequestParameters', type: 'string' },
  { name: 'ReadOnly', type: 'boolean' },
  { name: 'Count', type: 'long' },
  { name: 'Share', type: 'real' },
  { name: 'UnmappedFields', type: 'dynamic' },
];

/** Starts identity and ingestion for one test file and stops them after it. */
export async function startAzure(clock: Clock, options: Partial<IngestionOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'ingestion-'));
  const identity = await startIdentity({ clock, tenantId: tenant, principalId: principal });
  const ingestion = await startIngestion({
    clock,
    directory,
    keys: identity.jwks(),
    issuer: identity.issuer,
    rules: [{ immutableId: rule, streams: { [stream]: columns }, publishers: [principal] }],
    mode: 'keep',
    rate: 'unlimited',
    ...options,
  });
  afterAll(async () => {
    await ingestion.stop();
    await identity.stop();
    await rm(directory, { recursive: true });
  });
  return { identity, ingestion, post: poster(identity, ingestion) };
}

export interface PostOptions {
  readonly token?: string | null;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly gzip?: boolean;
}

/** Sends a body the way a client would, with a valid token unless told otherwise. */
function poster(identity: LocalIdentity, ingestion: LocalIngestion) {
  const dispatcher = new Agent({ connect: { ca: ingestion.ca } });
  const target = `/dataCollectionRules/${rule}/streams/${stream}?api%2Dversion=2023-01-01`;
  return async (body: string | Buffer, options: PostOptions = {}) => {
    const token = options.token === undefined ? await identity.issueToken('https://monitor.azure.com') : options.token;
    const response = await fetch(`${ingestion.endpoint}${options.path ?? target}`, {
      method: 'POST',
      dispatcher,
      body: options.gzip ? gzipSync(body) : body,
      headers: {
        'content-type': 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(options.gzip && { 'content-encoding': 'gzip' }),
        ...options.headers,
      },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
}
