import type { Caller } from './callers.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Scene } from './scene.ts';

/** What a call adds to the fields every record has. */
export interface CallParts {
  readonly caller?: Caller | undefined;
  readonly request?: JsonObject | undefined;
  readonly response?: JsonObject | undefined;
  readonly additional?: JsonObject | undefined;
  readonly error?: { readonly code?: string; readonly message: string } | undefined;
  readonly resources?: readonly JsonObject[] | undefined;
  readonly readOnly?: boolean | undefined;
  /** A data event rather than a management event. */
  readonly data?: boolean | undefined;
  readonly apiVersion?: string | undefined;
  readonly eventType?: string | undefined;
  /** S3 writes 16 capitals and digits instead of a UUID; sign-in writes none. */
  readonly requestId?: string | null | undefined;
  readonly sharedEventId?: string | undefined;
  readonly vpcEndpoint?: string | undefined;
  readonly host?: string | undefined;
  readonly serviceEventDetails?: JsonObject | undefined;
}

/** One kind of event and how common it is. */
export interface EventKind {
  readonly name: string;
  readonly weight: number;
  build(scene: Scene): JsonObject;
}

/** Builds the record of one API call, fields in the order in which CloudTrail writes them. */
export function apiCall(scene: Scene, service: string, eventName: string, parts: CallParts = {}): JsonObject {
  const { random, account, region } = scene;
  const caller = parts.caller ?? scene.caller();
  return {
    eventVersion: random.chance(0.85) ? '1.11' : random.pick(['1.08', '1.09', '1.10']),
    userIdentity: caller.identity,
    eventTime: scene.eventTime(),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: region,
    sourceIPAddress: caller.address,
    userAgent: caller.userAgent,
    errorCode: parts.error?.code,
    errorMessage: parts.error?.message,
    requestParameters: parts.request ?? null,
    responseElements: parts.response ?? null,
    additionalEventData: parts.additional,
    requestID: parts.requestId === null ? undefined : (parts.requestId ?? random.uuid()),
    eventID: random.uuid(),
    readOnly: parts.readOnly ?? false,
    resources: parts.resources,
    eventType: parts.eventType ?? 'AwsApiCall',
    apiVersion: parts.apiVersion,
    managementEvent: parts.data !== true,
    recipientAccountId: account.id,
    sharedEventID: parts.sharedEventId,
    serviceEventDetails: parts.serviceEventDetails,
    vpcEndpointId: parts.vpcEndpoint,
    vpcEndpointAccountId: parts.vpcEndpoint === undefined ? undefined : account.id,
    eventCategory: parts.data === true ? 'Data' : 'Management',
    tlsDetails: tlsDetails(scene, service, caller, parts),
    sessionCredentialFromConsole: caller.fromConsole && random.chance(0.6) ? 'true' : undefined,
  };
}

/** An entry of `resources`, with CloudTrail's upper-case `ARN`. */
export function resource(scene: Scene, type: string, arn: string): JsonObject {
  return { accountId: scene.account.id, type, ARN: arn };
}

function tlsDetails(scene: Scene, service: string, caller: Caller, parts: CallParts): JsonValue | undefined {
  if (caller.byService || parts.serviceEventDetails !== undefined) return undefined;
  return {
    tlsVersion: scene.random.chance(0.95) ? 'TLSv1.3' : 'TLSv1.2',
    cipherSuite: 'TLS_AES_128_GCM_SHA256',
    clientProvidedHostHeader: parts.host ?? `${service}.${scene.region}.amazonaws.com`,
    keyExchange: scene.random.chance(0.1) ? 'X25519MLKEM768' : undefined,
  };
}
