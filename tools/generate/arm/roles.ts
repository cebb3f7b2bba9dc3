import { type Resource, versions } from './template.ts';

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export const roles = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb',
  monitoringReader: '43d0d8ad-25c7-4714-9337-8ba259a9fe05',
} as const;

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

/** Names of assignments are GUIDs; made of scope, app and role, they are the same at every deployment. */
function assignment(scope: string, role: keyof typeof roles): Resource {
  return {
    type: 'Microsoft.Authorization/roleAssignments',
    apiVersion: versions.roleAssignment,
    scope: `[${scope}]`,
    name: `[guid(${scope}, variables('appId'), variables('roles').${role})]`,
    // The app waits for the storage itself.
    dependsOn: [...(scope.includes('storageId') ? [] : [`[${scope}]`]), "[variables('appId')]"],
    properties: {
      roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', variables('roles').${role})]`,
      principalId: `[reference(variables('appId'), '${versions.web}', 'Full').identity.principalId]`,
      principalType: 'ServicePrincipal',
    },
  };
}
