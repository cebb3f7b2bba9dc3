import { apiCall, type EventKind } from '../apiCall.ts';
import { type Caller, isoSeconds } from '../callers.ts';
import { estate } from '../estate.ts';
import { type JsonObject, literal } from '../json.ts';
import type { Scene } from '../scene.ts';

/** CloudFormation, Organizations, GuardDuty, Config, CloudTrail itself, and events that no caller made. */
export const governanceEvents: readonly EventKind[] = [
  { name: 'CreateStack', weight: 0.4, build: createStack },
  { name: 'CreateAccount', weight: 0.1, build: createAccount },
  { name: 'LeaveOrganization', weight: 0.05, build: (scene) => apiCall(scene, 'organizations', 'LeaveOrganization') },
  { name: 'UpdateDetector', weight: 0.1, build: updateDetector },
  { name: 'StopConfigurationRecorder', weight: 0.1, build: stopRecorder },
  { name: 'StopLogging', weight: 0.1, build: (scene) => trailChange(scene, 'StopLogging') },
  { name: 'DeleteTrail', weight: 0.05, build: (scene) => trailChange(scene, 'DeleteTrail') },
  { name: 'UpdateTrail', weight: 0.1, build: (scene) => trailChange(scene, 'UpdateTrail') },
  { name: 'RotateKey', weight: 0.6, build: rotateKey },
  { name: 'BackupJobCompleted', weight: 0.3, build: backupCompleted },
];

function createStack(scene: Scene): JsonObject {
  const { random } = scene;
  const stackName = `service-${random.hex(6)}`;
  return apiCall(scene, 'cloudformation', 'CreateStack', {
    request: {
      stackName,
      templateURL: `https://s3.${scene.region}.amazonaws.com/example-templates/${stackName}.yaml`,
      capabilities: ['CAPABILITY_NAMED_IAM'],
      parameters: [
        { parameterKey: 'Umgebung', parameterValue: 'Prüfung' },
        { parameterKey: 'MinSize', parameterValue: '2' },
      ],
      tags: [],
    },
    response: { stackId: scene.arn('cloudformation', `stack/${stackName}/${random.uuid()}`) },
  });
}

function createAccount(scene: Scene): JsonObject {
  return apiCall(scene, 'organizations', 'CreateAccount', {
    request: { email: 'HIDDEN_DUE_TO_SECURITY_REASONS', accountName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    response: {
      createAccountStatus: {
        id: `car-${scene.random.hex(32)}`,
        accountName: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        state: 'IN_PROGRESS',
        requestedTimestamp: 'Nov 1, 2026 3:12:31 AM',
      },
    },
  });
}

function updateDetector(scene: Scene): JsonObject {
  return apiCall(scene, 'guardduty', 'UpdateDetector', {
    request: { detectorId: scene.random.hex(32), enable: false, findingPublishingFrequency: 'SIX_HOURS' },
  });
}

function stopRecorder(scene: Scene): JsonObject {
  return apiCall(scene, 'config', 'StopConfigurationRecorder', { request: { configurationRecorderName: 'default' } });
}

function trailChange(scene: Scene, eventName: 'StopLogging' | 'DeleteTrail' | 'UpdateTrail'): JsonObject {
  const name = scene.arn('cloudtrail', `trail/${estate.trailName}`);
  const update = { isMultiRegionTrail: false, enableLogFileValidation: false };
  return apiCall(scene, 'cloudtrail', eventName, {
    request: eventName === 'UpdateTrail' ? { name, ...update } : { name },
    response: eventName === 'UpdateTrail' ? { name: estate.trailName, trailARN: name, ...update } : undefined,
  });
}

/** An event nobody called for: an identity without type, details of its own, and numbers that a JavaScript number cannot hold. */
function rotateKey(scene: Scene): JsonObject {
  const { random, account } = scene;
  return apiCall(scene, 'kms', 'RotateKey', {
    caller: awsItself(account.id),
    eventType: 'AwsServiceEvent',
    requestId: null,
    serviceEventDetails: {
      keyId: random.uuid(),
      rotationType: 'AUTOMATIC',
      keyOrigin: 'AWS_KMS',
      previousKeyMaterialId: random.hex(64),
      sequenceNumber: literal(`9${String(10 ** 17 + random.below(1e9))}`),
      ageInDays: literal('365.0'),
    },
    resources: [{ accountId: account.id, type: 'AWS::KMS::Key', ARN: scene.key() }],
  });
}

function backupCompleted(scene: Scene): JsonObject {
  const { random, account } = scene;
  return apiCall(scene, 'backup', 'BackupJobCompleted', {
    caller: awsItself(account.id),
    eventType: 'AwsServiceEvent',
    requestId: null,
    serviceEventDetails: {
      completionDate: { seconds: Math.floor(scene.to / 1000), nanos: random.below(1e9) },
      state: 'COMPLETED',
      percentDone: literal('100.0'),
      backupSizeInBytes: literal(`9007199254${String(740_993 + random.below(1e5))}`),
      startedAt: isoSeconds(scene.from),
      backupVaultName: 'Default',
    },
  });
}

function awsItself(accountId: string): Caller {
  return {
    identity: { accountId, invokedBy: 'AWS Internal' },
    address: 'AWS Internal',
    userAgent: 'AWS Internal',
    byService: true,
    fromConsole: false,
  };
}
