import { answersIn } from '../../../local/azure/resourceManager/answers.ts';
import { deploy, type Template } from '../../../local/azure/resourceManager/deployment.ts';
import { problemsOfBody } from './bodies.ts';
import { problemsOfSense } from './sense.ts';

export const place = { subscriptionId: '0f3c2f6e-5d1b-4e0a-9c55-2a1b7d4e8f60', resourceGroup: 'connector' };
const workspace = `/subscriptions/${place.subscriptionId}/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/sentinel`;
export const usual = { workspaceResourceId: workspace, packageUri: 'https://example.com/connector.zip' };

/** Every parameter that switches something. */
export const everything = {
  ...usual,
  workspaceLocation: 'northeurope',
  dataCollectionEndpointId: `/subscriptions/${place.subscriptionId}/resourceGroups/soc/providers/Microsoft.Insights/dataCollectionEndpoints/private`,
  subnetId: `/subscriptions/${place.subscriptionId}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets/functions`,
  actionGroupIds: [
    `/subscriptions/${place.subscriptionId}/resourceGroups/soc/providers/Microsoft.Insights/actionGroups/oncall`,
  ],
  instanceMemoryMB: 4096,
  readTableColumns: true,
  table: 'AWSCloudTrail',
  silentMinutes: 60,
  awsRoleArn: 'arn:aws:iam::222222222222:role/other-reader',
  mostDrainers: '3',
  tags: { owner: 'soc' },
};

/** An app that has been changed by hand since. */
export const answers = answersIn({
  principalId: '3d9f2c54-8e17-4b60-a2d5-71f0c9e8ab36',
  workspaceId: '8ECF8077-CF51-4820-AADD-14040956F35D',
  settings: {
    DRAIN_SCHEDULE: '30 * * * * *',
    AWS_HUB_ROLE_ARN: 'arn:aws:iam::111111111111:role/changed-by-hand',
  },
});

/** Everything that is wrong with a template, one sentence each. */
export async function problemsOf(
  template: Template,
  parameters: Readonly<Record<string, unknown>> = usual,
): Promise<readonly string[]> {
  try {
    const deployed = deploy(template, parameters, place, answers);
    const bodies = (await Promise.all(deployed.resources.map(problemsOfBody))).flat();
    // What has the wrong shape cannot be asked whether it fits.
    return bodies.length > 0 ? bodies : problemsOfSense(deployed);
  } catch (error) {
    if (error instanceof RangeError) return [error.message];
    throw error;
  }
}
