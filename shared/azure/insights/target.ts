/** What the Functions host is told of its Application Insights. */
export interface InsightsValues {
  readonly connectionString?: string | undefined;
  readonly authentication?: string | undefined;
}

/** Where metrics are sent, and as whom. */
export interface InsightsTarget {
  /** Such as `https://westeurope-5.in.applicationinsights.azure.com`, without a slash at its end. */
  readonly endpoint: string;
  readonly instrumentationKey: string;
  /** What tokens are asked for, where the connection string says so. */
  readonly scope?: string;
  /** Absent: the key alone, without a token. */
  readonly identity?: { readonly clientId?: string };
}

export type InsightsReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'target'; readonly target: InsightsTarget }
  | { readonly kind: 'odd'; readonly problem: string };

/** The values as the environment names them. https://learn.microsoft.com/azure/azure-functions/functions-app-settings */
export function insightsValues(environment: Readonly<Record<string, string | undefined>>): InsightsValues {
  return {
    connectionString: environment['APPLICATIONINSIGHTS_CONNECTION_STRING']?.trim(),
    authentication: environment['APPLICATIONINSIGHTS_AUTHENTICATION_STRING']?.trim(),
  };
}

/** The public cloud's, for a connection string that names no endpoint: https://learn.microsoft.com/azure/azure-monitor/app/connection-strings */
const globalEndpoint = 'https://dc.services.visualstudio.com';

/**
 * Reads both values in the words of the Functions host, so that nothing is to be configured twice. What is odd is said
 * and refused: a token goes over TLS, and nowhere else.
 */
export function readInsights({ authentication = '', connectionString = '' }: InsightsValues): InsightsReading {
  if (connectionString === '') return { kind: 'none' };
  const named = pairs(connectionString);
  const key = named.get('instrumentationkey') ?? '';
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key)) return odd('names no InstrumentationKey');
  const endpoint = bare(named.get('ingestionendpoint') ?? suffixed(named) ?? globalEndpoint);
  if (!/^https:\/\/[a-z0-9.-]+(?::\d{1,5})?$/i.test(endpoint))
    return odd('has an IngestionEndpoint that is no https URL');
  const audience = named.get('aadaudience');
  const identity = identityOf(pairs(authentication));
  return {
    kind: 'target',
    target: {
      endpoint,
      instrumentationKey: key,
      ...(audience === undefined ? {} : { scope: scopeOf(audience) }),
      ...(identity === undefined ? {} : { identity }),
    },
  };
}

function odd(what: string): InsightsReading {
  return { kind: 'odd', problem: `APPLICATIONINSIGHTS_CONNECTION_STRING ${what}` };
}

/** `Name=value;Name=value`, names in lower case. */
function pairs(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(';').flatMap((pair) => {
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1).trim();
      return at < 0 || value === '' ? [] : [[pair.slice(0, at).trim().toLowerCase(), value] as const];
    }),
  );
}

/** `Authorization=AAD`, with `ClientId=…` for a user-assigned identity. */
function identityOf(named: ReadonlyMap<string, string>): InsightsTarget['identity'] {
  if (named.get('authorization')?.toLowerCase() !== 'aad') return undefined;
  const clientId = named.get('clientid');
  return clientId === undefined ? {} : { clientId };
}

function suffixed(named: ReadonlyMap<string, string>): string | undefined {
  const suffix = named.get('endpointsuffix');
  const location = named.get('location');
  return suffix === undefined ? undefined : `https://${location === undefined ? '' : `${location}.`}dc.${suffix}`;
}

function scopeOf(audience: string): string {
  return audience.endsWith('/.default') ? audience : `${bare(audience)}/.default`;
}

function bare(url: string): string {
  return url.replace(/\/+$/, '');
}
