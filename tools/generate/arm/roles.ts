import { deployment, type Resource, versions } from './template.ts';

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const roles = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  monitoringReader: '43d0d8ad-25c7-4714-9337-8ba259a9fe05',
} as const;

const principal = `[reference(variables('appId'), '${versions.web}', 'Full').identity.principalId]`;
const insightsId = "resourceId('Microsoft.Insights/components', parameters('appName'))";

/** What the app's identity may do, each on one resource alone. */
export const roleAssignments: readonly Resource[] = [
  assignment("variables('storageId')", 'blobOwner'),
  assignment("variables('storageId')", 'queueContributor'),
  assignment("variables('storageId')", 'tableContributor'),
  assignment("variables('ruleId')", 'metricsPublisher'),
  // The connection check reads the rule's streams and says which column is missing.
  assignment("variables('ruleId')", 'monitoringReader'),
  assignment(insightsId, 'metricsPublisher'),
];

const table = `resourceId('Microsoft.OperationalInsights/workspaces/tables', parameters('workspaceName'), parameters('table'))`;

/** No built-in role reads the columns of a table and not its rows. Made in the workspace's resource group, if wanted. */
export const columnReader: Resource = deployment(
  "[variables('readerDeployment')]",
  {
    condition: "[parameters('readTableColumns')]",
    subscriptionId: "[split(parameters('workspaceResourceId'), '/')[2]]",
    resourceGroup: "[split(parameters('workspaceResourceId'), '/')[4]]",
    dependsOn: ["[variables('appId')]", "[variables('ruleId')]"],
  },
  {
    workspaceName: "[last(split(parameters('workspaceResourceId'), '/'))]",
    table: "[parameters('table')]",
    appId: "[variables('appId')]",
    principalId: principal,
  },
  {
    parameters: {
      workspaceName: { type: 'string' },
      table: { type: 'string' },
      appId: { type: 'string' },
      principalId: { type: 'string' },
    },
    resources: [
      {
        type: 'Microsoft.Authorization/roleDefinitions',
        apiVersion: versions.role,
        name: "[guid(resourceGroup().id, parameters('appId'))]",
        properties: {
          roleName:
            "[format('CloudTrail connector: columns of the table ({0})', last(split(parameters('appId'), '/')))]",
          description: 'Reads the columns of a table, and none of its rows.',
          type: 'CustomRole',
          permissions: [{ actions: ['Microsoft.OperationalInsights/workspaces/tables/read'], notActions: [] }],
          assignableScopes: ['[resourceGroup().id]'],
        },
      },
      {
        type: 'Microsoft.Authorization/roleAssignments',
        apiVersion: versions.role,
        scope: `[${table}]`,
        name: `[guid(${table}, parameters('appId'))]`,
        dependsOn: [
          "[resourceId('Microsoft.Authorization/roleDefinitions', guid(resourceGroup().id, parameters('appId')))]",
        ],
        properties: {
          roleDefinitionId:
            "[resourceId('Microsoft.Authorization/roleDefinitions', guid(resourceGroup().id, parameters('appId')))]",
          principalId: "[parameters('principalId')]",
          principalType: 'ServicePrincipal',
        },
      },
    ],
  },
);

/** Names of assignments are GUIDs; made of scope, app and role, they are the same at every deployment. */
function assignment(scope: string, role: keyof typeof roles): Resource {
  return {
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersion: versions.role,
    scope: `[${scope}]`,
    name: `[guid(${scope}, variables('appId'), variables('roles').${role})]`,
    // The app waits for the storage itself.
    dependsOn: [...(scope.includes('storageId') ? [] : [`[${scope}]`]), "[variables('appId')]"],
    properties: {
      roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', variables('roles').${role})]`,
      principalId: principal,
      principalType: 'ServicePrincipal',
    },
  };
}
