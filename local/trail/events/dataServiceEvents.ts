import { apiCall, type EventKind, resource } from '../apiCall.ts';
import { estate } from '../estate.ts';
import type { JsonObject } from '../json.ts';
import type { Scene } from '../scene.ts';

/** KMS, DynamoDB, Systems Manager, Secrets Manager, RDS and CloudWatch Logs. */
export const dataServiceEvents: readonly EventKind[] = [
  { name: 'Decrypt', weight: 9, build: decrypt },
  { name: 'GenerateDataKey', weight: 4, build: generateDataKey },
  { name: 'DisableKey', weight: 0.1, build: disableKey },
  { name: 'GetItem', weight: 4, build: getItem },
  { name: 'GetParameter', weight: 2, build: getParameter },
  { name: 'UpdateInstanceInformation', weight: 2.5, build: updateInstanceInformation },
  { name: 'SendCommand', weight: 0.2, build: sendCommand },
  { name: 'GetSecretValue', weight: 2, build: getSecretValue },
  { name: 'ModifyDBInstance', weight: 0.3, build: modifyDatabase },
  { name: 'CreateLogStream', weight: 3, build: createLogStream },
];

function decrypt(scene: Scene): JsonObject {
  const { random } = scene;
  const keyId = scene.key();
  const encryptionContext = random.chance(0.5)
    ? { 'aws:s3:arn': `arn:aws:s3:::${random.favour(estate.buckets)}` }
    : { PARAMETER_ARN: scene.arn('ssm', `parameter/prod/${random.pick(estate.functions)}/db-password`) };
  return apiCall(scene, 'kms', 'Decrypt', {
    readOnly: true,
    request: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext, keyId },
    additional: { keyMaterialId: random.hex(64) },
    resources: [resource(scene, 'AWS::KMS::Key', keyId)],
  });
}

function generateDataKey(scene: Scene): JsonObject {
  const keyId = scene.key();
  return apiCall(scene, 'kms', 'GenerateDataKey', {
    readOnly: true,
    request: {
      keySpec: 'AES_256',
      encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${scene.random.favour(estate.buckets)}` },
      keyId,
    },
    resources: [resource(scene, 'AWS::KMS::Key', keyId)],
  });
}

function disableKey(scene: Scene): JsonObject {
  const keyId = scene.key();
  return apiCall(scene, 'kms', 'DisableKey', {
    request: { keyId },
    response: { keyId },
    resources: [resource(scene, 'AWS::KMS::Key', keyId)],
  });
}

function getItem(scene: Scene): JsonObject {
  const { random } = scene;
  const tableName = random.favour(estate.tables);
  return apiCall(scene, 'dynamodb', 'GetItem', {
    data: true,
    readOnly: true,
    apiVersion: '2012-08-10',
    request: {
      tableName,
      key: { pk: `ORDER#${random.below(1e9)}`, sk: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      consistentRead: false,
    },
    resources: [resource(scene, 'AWS::DynamoDB::Table', scene.arn('dynamodb', `table/${tableName}`))],
  });
}

function getParameter(scene: Scene): JsonObject {
  const name = `/prod/${scene.random.favour(estate.functions)}/db-password`;
  return apiCall(scene, 'ssm', 'GetParameter', {
    readOnly: true,
    request: { name, withDecryption: true },
    resources: [{ ARN: scene.arn('ssm', `parameter${name}`), accountId: scene.account.id }],
  });
}

function updateInstanceInformation(scene: Scene): JsonObject {
  return apiCall(scene, 'ssm', 'UpdateInstanceInformation', {
    request: {
      instanceId: scene.instance(),
      agentVersion: '3.3.551.0',
      agentStatus: 'Active',
      platformType: 'Linux',
      platformName: 'Amazon Linux',
      platformVersion: '2023',
      iPAddress: scene.privateAddress(),
      computerName: `ip-10-0-1-${scene.random.below(256)}.ec2.internal`,
      agentName: 'amazon-ssm-agent',
      availabilityZone: `${scene.region}a`,
      sSMConnectionChannel: 'ssmmessages',
    },
  });
}

function sendCommand(scene: Scene): JsonObject {
  const { random } = scene;
  return apiCall(scene, 'ssm', 'SendCommand', {
    request: {
      documentName: 'AWS-RunShellScript',
      instanceIds: [scene.instance()],
      parameters: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      interactive: false,
    },
    response: {
      command: {
        commandId: random.uuid(),
        documentName: 'AWS-RunShellScript',
        status: 'Pending',
        targetCount: 1,
        completedCount: 0,
      },
    },
  });
}

function getSecretValue(scene: Scene): JsonObject {
  const secret = scene.random.pick(estate.secrets);
  return apiCall(scene, 'secretsmanager', 'GetSecretValue', {
    readOnly: true,
    request: { secretId: scene.arn('secretsmanager', `secret:${secret}-AbCdEf`), versionStage: 'AWSCURRENT' },
  });
}

function modifyDatabase(scene: Scene): JsonObject {
  const dBInstanceIdentifier = 'orders-prod';
  return apiCall(scene, 'rds', 'ModifyDBInstance', {
    request: {
      dBInstanceIdentifier,
      publiclyAccessible: true,
      applyImmediately: true,
      allowMajorVersionUpgrade: false,
    },
    response: {
      dBInstanceIdentifier,
      dBInstanceArn: scene.arn('rds', `db:${dBInstanceIdentifier}`),
      dBInstanceStatus: 'available',
      engine: 'postgres',
      allocatedStorage: 500,
      endpoint: { address: `${dBInstanceIdentifier}.example.${scene.region}.rds.amazonaws.com`, port: 5432 },
      pendingModifiedValues: {},
      tagList: [],
    },
  });
}

function createLogStream(scene: Scene): JsonObject {
  return apiCall(scene, 'logs', 'CreateLogStream', {
    apiVersion: '20140328',
    request: {
      logGroupName: `/aws/lambda/${scene.random.favour(estate.functions)}`,
      logStreamName: `2026/11/01/[$LATEST]${scene.random.hex(32)}`,
    },
  });
}
