import type { CheckScene } from '../scene.ts';
import { type Mistake, told } from './mistake.ts';

interface Column {
  readonly name: string;
  readonly type: string;
}

interface Body {
  readonly properties: {
    readonly immutableId?: string;
    readonly streamDeclarations?: Readonly<Record<string, { readonly columns: readonly Column[] }>>;
    readonly dataFlows?: readonly unknown[];
    readonly schema?: { readonly columns: readonly Column[] };
  };
}

const ofRule = (id: string): boolean => id.includes('/dataCollectionRules/');
const ofTable = (id: string): boolean => id.endsWith('/tables/AWSCloudTrail_CL');

/** Changes a resource, and puts it back. */
const resource =
  (which: (id: string) => boolean, change: (body: Body) => unknown): Mistake['plant'] =>
  ({ clouds: { resourceManager } }: CheckScene) => {
    const found = [...resourceManager.resources].find(([id]) => which(id));
    if (found === undefined) throw new Error('there is no such resource');
    const [id, before] = found;
    resourceManager.resources.set(id, change(before as Body));
    return { undo: async () => void resourceManager.resources.set(id, before) };
  };

/** Who reads it is nobody any more. */
const unread =
  (which: (id: string) => boolean): Mistake['plant'] =>
  ({ clouds: { resourceManager } }: CheckScene) => {
    const before = new Map(resourceManager.readers);
    for (const id of before.keys()) if (which(id)) resourceManager.readers.set(id, []);
    return {
      undo: async () => {
        for (const [id, principals] of before) resourceManager.readers.set(id, principals);
      },
    };
  };

const stream = 'Custom-AWSCloudTrail';
const ruleColumns =
  (change: (columns: readonly Column[]) => readonly Column[]) =>
  (body: Body): Body => {
    const declared = body.properties.streamDeclarations?.[stream]?.columns ?? [];
    const streamDeclarations = { ...body.properties.streamDeclarations, [stream]: { columns: change(declared) } };
    return { ...body, properties: { ...body.properties, streamDeclarations } };
  };

const without = (name: string) => (columns: readonly Column[]) => columns.filter((column) => column.name !== name);

const rule = /^columns of rule /;
const table = /^columns of the table of /;

export const columnMistakes: readonly Mistake[] = [
  {
    ...{ name: 'a column is missing in the rule', link: rule, cause: 'rule-column-missing' },
    remedy: /infra\/azure\/connector\.json/,
    plant: resource(ofRule, ruleColumns(without('UserIdentityArn'))),
  },
  {
    ...{ name: 'a column of the rule has another type', link: rule, cause: 'rule-column-type' },
    remedy: /infra\/azure\/connector\.json/,
    plant: resource(
      ofRule,
      ruleColumns((columns) => columns.map(({ name }) => ({ name, type: 'string' }))),
    ),
  },
  {
    ...{ name: 'the rule leads the stream nowhere', link: table, cause: 'rule-flow-missing', remedy: /data flow/ },
    plant: resource(ofRule, (body) => ({ ...body, properties: { ...body.properties, dataFlows: [] } })),
  },
  {
    ...{ name: 'the resource is another rule', link: rule, cause: 'rule-other', remedy: /DCR_IMMUTABLE_IDS to dcr-f/ },
    plant: resource(ofRule, (body) => ({
      ...body,
      properties: { ...body.properties, immutableId: `dcr-${'f'.repeat(32)}` },
    })),
  },
  {
    ...{ name: 'a column is missing in the table', link: table, cause: 'table-column-missing' },
    remedy: /infra\/azure\/connector\.json/,
    plant: resource(ofTable, (body) => ({
      properties: { schema: { columns: without('SourceIpAddress')(body.properties.schema?.columns ?? []) } },
    })),
  },
  {
    ...{ name: 'the rule may not be read', link: rule, cause: 'resource-not-told', status: 'not-verifiable' },
    remedy: /Monitoring Reader/,
    plant: unread(ofRule),
  },
  {
    ...{ name: 'the table may not be read', link: table, cause: 'resource-not-told', status: 'not-verifiable' },
    remedy: /workspaces\/tables\/read/,
    plant: unread(ofTable),
  },
  {
    ...{ name: 'the table is gone', link: table, cause: 'resource-not-found', remedy: /deleted/ },
    plant: resource(ofTable, () => undefined),
  },
  {
    ...{ name: 'no setting names the rule as a resource', link: 'columns of the rule', cause: 'rule-not-told' },
    ...{ status: 'not-verifiable', remedy: /DCR_RESOURCE_IDS/ },
    plant: told({ DCR_RESOURCE_IDS: '' }),
  },
];
