import { type Resource, versions } from './template.ts';

const container = 'app-package';

/** Plan, app, storage without keys, and telemetry: everything the app runs on. */
export const hosting: readonly Resource[] = [
  {
    type: 'Microsoft.Storage/storageAccounts',
    apiVersion: versions.storage,
    name: "[variables('storageName')]",
    location: "[parameters('location')]",
    tags: "[parameters('tags')]",
    kind: 'StorageV2',
    sku: { name: "[parameters('storageSku')]" },
    properties: {
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      defaultToOAuthAuthentication: true,
      minimumTlsVersion: 'TLS1_2',
      supportsHttpsTrafficOnly: true,
    },
  },
  {
    type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
    apiVersion: versions.storage,
    name: `[format('{0}/default/${container}', variables('storageName'))]`,
    dependsOn: ["[variables('storageId')]"],
    properties: { publicAccess: 'None' },
  },
  {
    type: 'Microsoft.Insights/components',
    apiVersion: versions.insights,
    name: "[parameters('appName')]",
    location: "[parameters('location')]",
    tags: "[parameters('tags')]",
    kind: 'web',
    properties: {
      Application_Type: 'web',
      WorkspaceResourceId: "[parameters('workspaceResourceId')]",
      DisableLocalAuth: true,
    },
  },
  {
    type: 'Microsoft.Web/serverfarms',
    apiVersion: versions.web,
    name: "[variables('planName')]",
    location: "[parameters('location')]",
    tags: "[parameters('tags')]",
    kind: 'functionapp',
    sku: { name: 'FC1', tier: 'FlexConsumption' },
    properties: { reserved: true },
  },
  {
    type: 'Microsoft.Web/sites',
    apiVersion: versions.web,
    name: "[parameters('appName')]",
    location: "[parameters('location')]",
    tags: "[parameters('tags')]",
    kind: 'functionapp,linux',
    identity: { type: 'SystemAssigned' },
    dependsOn: [
      "[resourceId('Microsoft.Web/serverfarms', variables('planName'))]",
      `[resourceId('Microsoft.Storage/storageAccounts/blobServices/containers', variables('storageName'), 'default', '${container}')]`,
    ],
    properties: {
      serverFarmId: "[resourceId('Microsoft.Web/serverfarms', variables('planName'))]",
      httpsOnly: true,
      virtualNetworkSubnetId: "[if(empty(parameters('subnetId')), null(), parameters('subnetId'))]",
      functionAppConfig: {
        deployment: {
          storage: {
            type: 'blobContainer',
            value: `[format('{0}${container}', reference(variables('storageId'), '${versions.storage}').primaryEndpoints.blob)]`,
            authentication: { type: 'SystemAssignedIdentity' },
          },
        },
        runtime: { name: 'node', version: '22' },
        scaleAndConcurrency: {
          instanceMemoryMB: "[parameters('instanceMemoryMB')]",
          maximumInstanceCount: "[parameters('maximumInstanceCount')]",
        },
      },
      // No appSettings here: they would replace all that the app has. The deployment of settings.ts adds to them.
      siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled' },
    },
  },
  ...(['scm', 'ftp'] as const).map(
    (way): Resource => ({
      type: 'Microsoft.Web/sites/basicPublishingCredentialsPolicies',
      apiVersion: versions.web,
      name: `[format('{0}/${way}', parameters('appName'))]`,
      dependsOn: ["[variables('appId')]"],
      properties: { allow: false },
    }),
  ),
];

/** The release's code; it waits until the app may read its container and knows its settings. */
export const codePackage: Resource = {
  condition: "[not(empty(parameters('packageUri')))]",
  type: 'Microsoft.Web/sites/extensions',
  apiVersion: versions.web,
  name: "[format('{0}/onedeploy', parameters('appName'))]",
  dependsOn: [
    "[extensionResourceId(variables('storageId'), 'Microsoft.Authorization/roleAssignments', guid(variables('storageId'), variables('appId'), variables('roles').blobOwner))]",
    "[resourceId('Microsoft.Resources/deployments', variables('settingsDeployment'))]",
  ],
  properties: { packageUri: "[parameters('packageUri')]", remoteBuild: false },
};
