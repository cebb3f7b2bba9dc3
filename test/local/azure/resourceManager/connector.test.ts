import { expect, it } from 'vitest';
import { deployConnector } from '../../../../local/azure/resourceManager/connector.ts';
import { columns } from '../../../../shared/cloudtrail/columns.ts';
import { addedColumns, standardTransform } from '../../../../shared/cloudtrail/standardTable.ts';

const principalId = '3d9f2c54-8e17-4b60-a2d5-71f0c9e8ab36';
const workspaceId = '8ecf8077-cf51-4820-aadd-14040956f35d';

it('takes rule, publishers and settings from the template that is deployed', () => {
  const { streams, publishers, settings } = deployConnector({ principalId, workspaceId });

  expect(streams[settings['DCR_STREAM'] ?? '']).toEqual(columns.map(({ name, type }) => ({ name, type })));
  expect(publishers).toEqual([principalId]);
  expect(settings).toMatchObject({ WORKSPACE_ID: workspaceId, AWS_CREDENTIALS: 'managed-identity' });
});

it('leads the rows into the standard table when that is wanted, and the table keeps what others added', () => {
  const { settings, tables, transforms } = deployConnector({ principalId, workspaceId }, { table: 'AWSCloudTrail' });

  const names = [...tables.keys()].map((id) => id.split('/').at(-1));
  expect(names.sort()).toEqual(['AWSCloudTrail', 'AWSCloudTrailConnectorHealth_CL']);
  expect(transforms[settings['DCR_STREAM'] ?? '']).toBe(standardTransform);
  const { columns: added } = [...tables].find(([id]) => id.endsWith('/AWSCloudTrail'))?.[1].properties.schema ?? {};
  expect(added?.map(({ name }) => name)).toEqual(['IPAddress_CF', ...addedColumns.map(({ name }) => name)]);
});
