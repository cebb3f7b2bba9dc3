import * as v from 'valibot';

/**
 * What no package describes in the version that is deployed, strictly: an unknown property is a mistake.
 * https://learn.microsoft.com/azure/templates/microsoft.insights/
 */
const text = v.pipe(v.string(), v.minLength(1));
const tags = v.record(v.string(), v.string());
const id = v.pipe(
  v.string(),
  v.regex(/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/[^/]+(?:\/[^/]+\/[^/]+)+$/),
);
const region = v.pipe(v.string(), v.regex(/^[a-z0-9]+$/));
const minutes = v.pipe(v.string(), v.regex(/^PT\d+[MH]$/));
const hours = ['PT1H', 'PT2H', 'PT3H', 'PT4H', 'PT5H', 'PT6H'] as const;
const severity = v.picklist([0, 1, 2, 3, 4]);
const streamName = v.pipe(v.string(), v.regex(/^(?:Custom|Microsoft)-\w+$/));

const streamColumn = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[A-Za-z]\w{0,44}$/)),
  type: v.picklist(['string', 'int', 'long', 'real', 'boolean', 'dynamic', 'datetime']),
});

export const ruleSchema = v.strictObject({
  location: region,
  tags,
  kind: v.picklist(['Direct', 'Linux', 'Windows', 'AgentDirectToStore', 'WorkspaceTransforms']),
  properties: v.strictObject({
    description: v.optional(text),
    dataCollectionEndpointId: v.nullable(id),
    streamDeclarations: v.record(
      v.pipe(v.string(), v.regex(/^Custom-\w+$/)),
      v.strictObject({ columns: v.pipe(v.array(streamColumn), v.minLength(1)) }),
    ),
    destinations: v.strictObject({
      logAnalytics: v.pipe(v.array(v.strictObject({ name: text, workspaceResourceId: id })), v.minLength(1)),
    }),
    dataFlows: v.pipe(
      v.array(
        v.strictObject({
          streams: v.pipe(v.array(streamName), v.minLength(1)),
          destinations: v.pipe(v.array(text), v.minLength(1)),
          transformKql: v.pipe(v.string(), v.regex(/^source\b/), v.maxLength(15_360)),
          outputStream: streamName,
        }),
      ),
      v.minLength(1),
      v.maxLength(10),
    ),
  }),
});

export const diagnosticsSchema = v.strictObject({
  properties: v.strictObject({
    workspaceId: id,
    // https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-insights-datacollectionrules-logs
    logs: v.pipe(
      v.array(v.strictObject({ category: v.literal('LogErrors'), enabled: v.literal(true) })),
      v.minLength(1),
    ),
  }),
});

export const componentSchema = v.strictObject({
  location: region,
  tags,
  kind: v.literal('web'),
  properties: v.strictObject({
    Application_Type: v.picklist(['web', 'other']),
    WorkspaceResourceId: id,
    DisableLocalAuth: v.literal(true),
  }),
});

/** https://learn.microsoft.com/azure/templates/microsoft.operationalinsights/workspaces/savedsearches */
export const savedSearchSchema = v.strictObject({
  properties: v.strictObject({
    etag: v.literal('*'),
    category: text,
    displayName: text,
    query: text,
    functionAlias: v.pipe(v.string(), v.regex(/^[A-Za-z]\w+$/)),
    functionParameters: v.pipe(v.string(), v.regex(/^(?:\w+:\w+(?:=[^,]+)?(?:, |$))*$/)),
    version: v.literal(2),
  }),
});

export const packageSchema = v.strictObject({
  properties: v.strictObject({ packageUri: v.pipe(v.string(), v.regex(/^https:\/\//)), remoteBuild: v.literal(false) }),
});

export const queryAlertSchema = v.strictObject({
  location: region,
  tags,
  kind: v.literal('LogAlert'),
  properties: v.strictObject({
    displayName: text,
    description: text,
    severity,
    enabled: v.boolean(),
    scopes: v.pipe(v.array(id), v.minLength(1)),
    evaluationFrequency: minutes,
    // https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-log-alert-rule
    windowSize: v.picklist(['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT45M', 'PT60M', 'PT120M', 'PT180M', ...hours]),
    overrideQueryTimeRange: v.optional(v.picklist([...hours, 'P1D', 'P2D'])),
    criteria: v.strictObject({
      allOf: v.pipe(
        v.array(
          v.strictObject({
            query: text,
            timeAggregation: v.picklist(['Count', 'Average', 'Minimum', 'Maximum', 'Total']),
            operator: v.picklist(['Equals', 'GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual']),
            threshold: v.number(),
            failingPeriods: v.strictObject({
              numberOfEvaluationPeriods: v.pipe(v.number(), v.minValue(1), v.maxValue(6)),
              minFailingPeriodsToAlert: v.pipe(v.number(), v.minValue(1), v.maxValue(6)),
            }),
          }),
        ),
        v.minLength(1),
      ),
    }),
    autoMitigate: v.boolean(),
    skipQueryValidation: v.boolean(),
    actions: v.strictObject({ actionGroups: v.array(id) }),
  }),
});

export const metricAlertSchema = v.strictObject({
  location: v.literal('global'),
  tags,
  properties: v.strictObject({
    description: text,
    severity,
    enabled: v.boolean(),
    scopes: v.pipe(v.array(id), v.length(1)),
    evaluationFrequency: v.picklist(['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H']),
    windowSize: v.picklist(['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D']),
    criteria: v.strictObject({
      'odata.type': v.literal('Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'),
      allOf: v.array(
        v.strictObject({
          name: text,
          criterionType: v.literal('StaticThresholdCriterion'),
          metricNamespace: v.literal('Microsoft.Insights/dataCollectionRules'),
          // https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-insights-datacollectionrules-metrics
          metricName: v.picklist(['RowsDropped_Count', 'TransformationErrors_Count']),
          timeAggregation: v.picklist(['Average', 'Count', 'Minimum', 'Maximum', 'Total']),
          operator: v.picklist(['Equals', 'GreaterThan', 'GreaterThanOrEqual', 'LessThan', 'LessThanOrEqual']),
          threshold: v.number(),
          skipMetricValidation: v.boolean(),
        }),
      ),
    }),
    autoMitigate: v.boolean(),
    actions: v.array(v.strictObject({ actionGroupId: id })),
  }),
});

/** The template inside has been worked out by then. */
export const deploymentSchema = v.strictObject({
  properties: v.strictObject({
    mode: v.literal('Incremental'),
    expressionEvaluationOptions: v.strictObject({ scope: v.literal('inner') }),
    parameters: v.record(v.string(), v.strictObject({ value: v.unknown() })),
    template: v.looseObject({ resources: v.array(v.unknown()) }),
  }),
});
