import { expect, it } from 'vitest';
import { deployConnector } from '../../../../local/azure/resourceManager/connector.ts';
import { columns } from '../../../../shared/cloudtrail/columns.ts';

const principalId = '3d9f2c54-8e17-4b60-a2d5-71f0c9e8ab36';
const workspaceId = '8ecf8077-cf51-4820-aadd-14040956f35d';

it('takes rule, publishers and settings from the template that is deployed', () => {
  const { streams, publishers, settings } = deployConnector({ principalId, workspaceId });

  expect(streams[settings['DCR_STREAM'] ?? '']).toEqual(columns.map(({ name, type }) => ({ name, type })));
  expect(publishers).toEqual([principalId]);
  expect(settings).toMatchObject({ WORKSPACE_ID: workspaceId, AWS_CREDENTIALS: 'managed-identity' });
});
