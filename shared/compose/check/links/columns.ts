import { NotRead, type ResourceReads, type RuleBody } from '../../../azure/resourceManager/reads.ts';
import { columns } from '../../../cloudtrail/columns.ts';
import { standardColumns, standardOutput, standardTable } from '../../../cloudtrail/standardTable.ts';
import { list } from '../../../kit/shortText.ts';
import { type Finding, failure, type Link, notVerifiable, ok } from '../link.ts';

interface Named {
  readonly name: string;
  readonly type: string;
}

export interface ColumnParts {
  readonly reads: ResourceReads;
  readonly stream: string;
  /** Immutable IDs of the rules that take the rows. */
  readonly ruleIds: readonly string[];
  readonly ruleResourceIds: readonly string[];
}

/** The rules' streams and their tables against the columns that rows have: what is missing there is dropped in silence. */
export function columnLinks(parts: ColumnParts): readonly Link[] {
  const { ruleResourceIds } = parts;
  if (ruleResourceIds.length === 0) return [unknownRule];
  return ruleResourceIds.flatMap((resourceId) => {
    const name = resourceId.split('/').at(-1) ?? resourceId;
    const bodies: { rule?: RuleBody } = {};
    const rule: Link = {
      name: `columns of rule ${name}`,
      needs: ['settings'],
      run: (signal) =>
        toldOrNot(resourceId, 'Monitoring Reader on the data collection rule', async () => {
          bodies.rule = await parts.reads.rule(resourceId, signal);
          return ruleFinding(parts, resourceId, bodies.rule);
        }),
    };
    const table: Link = {
      name: `columns of the table of ${name}`,
      needs: [rule.name],
      run: (signal) => tableFinding(parts, bodies.rule, signal),
    };
    return [rule, table];
  });
}

const unknownRule: Link = {
  name: 'columns of the rule',
  needs: ['settings'],
  run: async () =>
    notVerifiable(
      'rule-not-told',
      'no setting names the resource of the data collection rule, so its columns are not compared',
      "Set DCR_RESOURCE_IDS to the rule's resource ID, and give the identity the role Monitoring Reader on it.",
    ),
};

function ruleFinding({ stream, ruleIds }: ColumnParts, resourceId: string, { properties }: RuleBody): Finding {
  const { immutableId, streamDeclarations = {} } = properties;
  if (immutableId !== undefined && !ruleIds.includes(immutableId)) {
    return failure(
      'rule-other',
      `${resourceId} is the rule ${immutableId}, and rows are sent to ${ruleIds.join(', ')}`,
      `Set DCR_IMMUTABLE_IDS to ${immutableId}, or DCR_RESOURCE_IDS to the resource of the rule that is used.`,
    );
  }
  const declared = streamDeclarations[stream]?.columns;
  if (declared === undefined) {
    return failure(
      'rule-stream-missing',
      `the rule declares no stream ${stream}; it has ${Object.keys(streamDeclarations).join(', ') || 'none'}`,
      `Set DCR_STREAM to a stream of the rule, or deploy infra/azure/connector.json again.`,
    );
  }
  return (
    misfit(columns, declared, `the stream ${stream} of the rule`, 'rule') ??
    ok(`the stream ${stream} declares all ${columns.length} columns, each with its type`)
  );
}

/** Rules and tables spell types in their own way: `datetime` and `dateTime`. */
function misfit(
  wanted: readonly Named[],
  found: readonly Named[],
  where: string,
  what: 'rule' | 'table',
): Finding | undefined {
  const types = new Map(found.map(({ name, type }) => [name, type.toLowerCase()]));
  const missing = wanted.filter(({ name }) => !types.has(name)).map(({ name }) => name);
  const others = wanted.filter(({ name, type }) => types.has(name) && types.get(name) !== type.toLowerCase());
  const remedy = 'Deploy infra/azure/connector.json again: it brings table and rule to the columns of this version.';
  if (missing.length > 0) {
    return failure(
      `${what}-column-missing`,
      `${where} lacks the columns ${list(missing)}: their values are dropped in silence`,
      remedy,
    );
  }
  if (others.length === 0) return undefined;
  const said = others.map(({ name, type }) => `${name} as ${types.get(name)} instead of ${type}`);
  return failure(`${what}-column-type`, `${where} has ${list(said)}: such values are dropped in silence`, remedy);
}

/** The table that the rows of the stream end in. */
async function tableFinding(
  { reads, stream }: ColumnParts,
  rule: RuleBody | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  const { dataFlows = [], destinations } = rule?.properties ?? {};
  const flow = dataFlows.find(({ streams = [] }) => streams.includes(stream));
  if (rule !== undefined && flow === undefined) {
    return failure(
      'rule-flow-missing',
      `the rule declares the stream ${stream} and leads it nowhere`,
      'Deploy infra/azure/connector.json again: the rule needs a data flow of the stream to the table.',
    );
  }
  const workspace = destinations?.logAnalytics?.find(({ name = '' }) => flow?.destinations?.includes(name) ?? true);
  const isStandard = flow?.outputStream === standardOutput;
  const table = isStandard ? standardTable : /^Custom-(.+)$/.exec(flow?.outputStream ?? '')?.[1];
  if (table === undefined || workspace?.workspaceResourceId === undefined) {
    return notVerifiable(
      'table-not-told',
      `the rule leads the stream to ${flow?.outputStream ?? 'a place that is not known'}, whose columns are not compared`,
      'Look at the columns of that table in the workspace.',
    );
  }
  const resourceId = `${workspace.workspaceResourceId}/tables/${table}`;
  return toldOrNot(
    resourceId,
    'a role with Microsoft.OperationalInsights/workspaces/tables/read on the table (parameter readTableColumns of infra/azure/connector.json)',
    async () => {
      const { schema } = (await reads.table(resourceId, signal)).properties;
      const found = [...(schema.columns ?? []), ...(schema.standardColumns ?? [])];
      const wanted = isStandard ? standardColumns : columns;
      return misfit(wanted, found, `the table ${table}`, 'table') ?? ok(`${table} has all ${wanted.length} columns`);
    },
  );
}

async function toldOrNot(resourceId: string, role: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
    if (error.status === 404) {
      const remedy = 'Check DCR_RESOURCE_IDS, and that the resource was not deleted.';
      return failure('resource-not-found', `there is no ${resourceId}`, remedy);
    }
    return notVerifiable(
      'resource-not-told',
      error.message,
      `To have it looked at, give the identity of the app ${role}; a new assignment can take 10 minutes to spread.`,
    );
  }
}
