import { healthTable } from '../../../shared/pipeline/status/healthColumns.ts';
import { type Json, type Resource, versions } from './template.ts';

interface QueryAlert {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Of Azure Monitor: 0 is critical, 4 is verbose. */
  readonly severity: number;
  readonly query: string;
  readonly window: string;
  /** When the query must see more than the window. */
  readonly lookBack?: string;
  readonly every: string;
  readonly operator: 'LessThan' | 'GreaterThan';
  readonly threshold: number;
}

const queryAlerts: readonly QueryAlert[] = [
  {
    name: 'silent',
    title: 'CloudTrail connector: no sign of life',
    description:
      'No health row came for as long as parameter silentMinutes says. The app does not run, or cannot write: open it in the portal, and see "Nothing arrives" in docs/operations.md.',
    severity: 1,
    query: healthTable,
    window: "[format('PT{0}M', parameters('silentMinutes'))]",
    every: 'PT15M',
    operator: 'LessThan',
    threshold: 1,
  },
  {
    name: 'quiet',
    title: 'CloudTrail connector: no events',
    description:
      'No event of CloudTrail arrived for as long as parameter quietHours says. Either nothing happened in AWS, or the chain is broken: run the connection check.',
    severity: 2,
    // By the time of arrival: a backlog that is being worked off is no silence.
    query: '{3} | where ingestion_time() > ago({0}h)',
    window: "[format('PT{0}H', parameters('quietHours'))]",
    // The window is one of TimeGenerated, and no event may be older than this: the service sets the time of older ones.
    lookBack: 'P2D',
    every: 'PT15M',
    operator: 'LessThan',
    threshold: 1,
  },
  {
    name: 'unhealthy',
    title: 'CloudTrail connector: a source is red',
    description:
      'A source reported Failure three times in 30 minutes; Reason and Description of the health rows say why.',
    severity: 1,
    query: `${healthTable} | where Status == "Failure"`,
    window: 'PT30M',
    every: 'PT10M',
    operator: 'GreaterThan',
    threshold: 2,
  },
  {
    name: 'failing',
    title: 'CloudTrail connector: invocations fail',
    description: 'Invocations of the function app failed; their exceptions are in Application Insights.',
    severity: 2,
    query: 'AppRequests | where AppRoleName =~ "{1}" and Success == false',
    window: 'PT15M',
    every: 'PT15M',
    operator: 'GreaterThan',
    threshold: 2,
  },
  {
    name: 'rule-errors',
    title: 'CloudTrail connector: the data collection rule reports errors',
    description: 'Rows were accepted, and then not written as they are: DCRLogErrors says why.',
    severity: 2,
    query: 'union isfuzzy=true (DCRLogErrors | where _ResourceId =~ "{2}"), (print empty = 1 | where false)',
    window: 'PT15M',
    every: 'PT15M',
    operator: 'GreaterThan',
    threshold: 0,
  },
];

/** Metrics of a rule: https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-insights-datacollectionrules-metrics */
const ruleMetrics = [
  { name: 'rows-dropped', metric: 'RowsDropped_Count', aggregation: 'Total', what: 'dropped rows' },
  {
    name: 'transform-errors',
    metric: 'TransformationErrors_Count',
    aggregation: 'Count',
    what: 'could not transform rows',
  },
] as const;

/** They run outside the app: an app that does not run cannot say so. */
export const alerts: readonly Resource[] = [...queryAlerts.map(queryAlert), ...ruleMetrics.map(metricAlert)];

function queryAlert(alert: QueryAlert): Resource {
  return {
    type: 'Microsoft.Insights/scheduledQueryRules',
    apiVersion: versions.queryAlert,
    name: `[format('{0}-${alert.name}', parameters('appName'))]`,
    location: "[parameters('workspaceLocation')]",
    tags: "[parameters('tags')]",
    kind: 'LogAlert',
    // The rule waits for the tables.
    ...(alert.query.startsWith('AppRequests') ? {} : { dependsOn: ["[variables('ruleId')]"] }),
    properties: {
      displayName: alert.title,
      description: alert.description,
      severity: alert.severity,
      enabled: "[parameters('alertsEnabled')]",
      scopes: ["[parameters('workspaceResourceId')]"],
      evaluationFrequency: alert.every,
      windowSize: alert.window,
      ...(alert.lookBack !== undefined && { overrideQueryTimeRange: alert.lookBack }),
      criteria: {
        allOf: [
          {
            query: filledIn(alert.query),
            timeAggregation: 'Count',
            operator: alert.operator,
            threshold: alert.threshold,
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 },
          },
        ],
      },
      autoMitigate: true,
      // DCRLogErrors and AppRequests come into being with their first row.
      skipQueryValidation: true,
      actions: { actionGroups: "[parameters('actionGroupIds')]" },
    },
  };
}

function filledIn(query: string): string {
  return /\{\d\}/.test(query)
    ? `[format('${query}', parameters('quietHours'), parameters('appName'), variables('ruleId'), parameters('table'))]`
    : query;
}

function metricAlert({ name, metric, aggregation, what }: (typeof ruleMetrics)[number]): Resource {
  const condition: Json = {
    name: 'any',
    criterionType: 'StaticThresholdCriterion',
    metricNamespace: 'Microsoft.Insights/dataCollectionRules',
    metricName: metric,
    timeAggregation: aggregation,
    operator: 'GreaterThan',
    threshold: 0,
    // A rule that has taken no rows yet has no metrics.
    skipMetricValidation: true,
  };
  return {
    type: 'Microsoft.Insights/metricAlerts',
    apiVersion: versions.metricAlert,
    name: `[format('{0}-${name}', parameters('appName'))]`,
    location: 'global',
    tags: "[parameters('tags')]",
    dependsOn: ["[variables('ruleId')]"],
    properties: {
      description: `The data collection rule ${what}: its streams and the table do not fit. Deploy the template again.`,
      severity: 2,
      enabled: "[parameters('alertsEnabled')]",
      scopes: ["[variables('ruleId')]"],
      evaluationFrequency: 'PT5M',
      windowSize: 'PT15M',
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria',
        allOf: [condition],
      },
      autoMitigate: true,
      actions:
        "[map(parameters('actionGroupIds'), lambda('id', createObject('actionGroupId', lambdaVariables('id'))))]",
    },
  };
}
