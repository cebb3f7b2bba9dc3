import type { TokenCredential } from '@azure/core-auth';
import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import * as v from 'valibot';
import { shortText } from '../../kit/shortText.ts';
import { userAgent } from '../../words/version.ts';
import { reasonOf, requestToken } from '../identity.ts';

export type RuleBody = v.InferOutput<typeof rule>;
export type TableBody = v.InferOutput<typeof table>;

/** Azure Resource Manager did not give a resource, which a check alone asks for. */
export class NotRead extends Error {
  /** Undefined when there was no answer, or no token to ask with. */
  readonly status: number | undefined;

  constructor(resourceId: string, status: number | undefined, reason: string) {
    super(`${resourceId}: ${status === undefined ? '' : `HTTP ${status} `}${reason}`);
    this.name = 'NotRead';
    this.status = status;
  }
}

/** Reads the resources that rows go through. One request each; throws NotRead. */
export interface ResourceReads {
  rule(resourceId: string, signal: AbortSignal): Promise<RuleBody>;
  table(resourceId: string, signal: AbortSignal): Promise<TableBody>;
}

export interface ResourceReadsOptions {
  readonly credential: TokenCredential;
  /** What tokens for Azure Monitor are asked for: it tells the cloud. */
  readonly monitorScope: string;
  /** Replaces Azure Resource Manager: for loopback only. */
  readonly endpoint?: string | undefined;
}

/** https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure#guidance-for-developers and its like for 21Vianet. */
const clouds: Readonly<Record<string, string>> = {
  'monitor.azure.us': 'https://management.usgovcloudapi.net',
  'monitor.azure.cn': 'https://management.chinacloudapi.cn',
};
const publicCloud = 'https://management.azure.com';

/** https://learn.microsoft.com/rest/api/monitor/data-collection-rules/get, https://learn.microsoft.com/rest/api/loganalytics/tables/get */
const versions = { rule: '2023-03-11', table: '2025-07-01' } as const;

export function resourceReads({ credential, monitorScope, endpoint }: ResourceReadsOptions): ResourceReads {
  const cloud = clouds[new URL(monitorScope).hostname] ?? publicCloud;
  const client = createDefaultHttpClient();

  const read = async (resourceId: string, version: string, signal: AbortSignal): Promise<unknown> => {
    const { token } = await requestToken(credential, `${cloud}/.default`, signal).catch((error: unknown) => {
      throw new NotRead(resourceId, undefined, `no token for ${cloud}: ${reasonOf(error)}`);
    });
    const request = createPipelineRequest({
      url: `${endpoint ?? cloud}${resourceId}?api-version=${version}`,
      headers: createHttpHeaders({
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': userAgent,
      }),
      abortSignal: signal,
      timeout: 20_000,
      // Only a program on this machine is spoken to in the clear.
      allowInsecureConnection: endpoint !== undefined,
    });
    const { status, bodyAsText } = await client.sendRequest(request).catch((error: unknown) => {
      throw new NotRead(resourceId, undefined, shortText(error instanceof Error ? error.message : String(error)));
    });
    if (status !== 200) throw new NotRead(resourceId, status, shortText(bodyAsText ?? ''));
    return JSON.parse(bodyAsText ?? '');
  };

  return {
    rule: async (resourceId, signal) => v.parse(rule, await read(resourceId, versions.rule, signal)),
    table: async (resourceId, signal) => v.parse(table, await read(resourceId, versions.table, signal)),
  };
}

const columnList = v.array(v.object({ name: v.string(), type: v.string() }));

const rule = v.object({
  properties: v.object({
    immutableId: v.optional(v.string()),
    streamDeclarations: v.optional(v.record(v.string(), v.object({ columns: columnList }))),
    destinations: v.optional(
      v.object({
        logAnalytics: v.optional(
          v.array(v.object({ name: v.optional(v.string()), workspaceResourceId: v.optional(v.string()) })),
        ),
      }),
    ),
    dataFlows: v.optional(
      v.array(
        v.object({
          streams: v.optional(v.array(v.string())),
          destinations: v.optional(v.array(v.string())),
          outputStream: v.optional(v.string()),
          transformKql: v.optional(v.string()),
        }),
      ),
    ),
  }),
});

const table = v.object({
  properties: v.object({
    schema: v.object({ columns: v.optional(columnList), standardColumns: v.optional(columnList) }),
  }),
});
