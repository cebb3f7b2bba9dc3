import type { Answers } from './deployment.ts';
import { isStandardTable, standardTableBody } from './standardTable.ts';

/** What a deployment finds: who the app is, and what lay there before. */
export interface Surroundings {
  /** Object ID of the app's managed identity. */
  readonly principalId: string;
  readonly workspaceId: string;
  /** Settings that the app has already. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Answers as the services would when the template's resources are there, and a workspace and endpoints of somebody else. */
export function answersIn({ principalId, workspaceId, settings = {} }: Surroundings): Answers {
  return (id, body) => {
    const [type = '', name = ''] = lastPart(id);
    if (type === 'config') return { full: {}, list: { properties: settings } };
    const properties = propertiesOf[type]?.(name, workspaceId);
    const isOthers = ['workspaces', 'datacollectionendpoints'].includes(type) || isStandardTable(id);
    if (properties === undefined || (body === undefined && !isOthers)) return undefined;
    return { full: { ...body, ...(type === 'sites' && { identity: { principalId } }), properties } };
  };
}

const propertiesOf: Readonly<Record<string, (name: string, workspaceId: string) => unknown>> = {
  storageaccounts: (name) => {
    const at = (service: string): string => `https://${name}.${service}.core.windows.net/`;
    return { primaryEndpoints: { blob: at('blob'), queue: at('queue'), table: at('table') } };
  },
  components: () => ({ ConnectionString: 'InstrumentationKey=00000000-0000-0000-0000-000000000000' }),
  datacollectionrules: (name) => ({
    immutableId: 'dcr-00000000000000000000000000000001',
    endpoints: { logsIngestion: `https://${name}-ab12.westeurope-1.logs.z1.ingest.monitor.azure.com` },
  }),
  datacollectionendpoints: (name) => ({
    logsIngestion: { endpoint: `https://${name}-ab12.westeurope-1.ingest.monitor.azure.com` },
  }),
  tables: () => standardTableBody.properties,
  workspaces: (_, workspaceId) => ({ customerId: workspaceId }),
  sites: () => ({}),
};

/** The last kind and name of an ID, in lower case. */
function lastPart(id: string): readonly string[] {
  return id.toLowerCase().split('/').slice(-2);
}
