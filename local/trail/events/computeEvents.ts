import { apiCall, type EventKind, resource } from '../apiCall.ts';
import { estate } from '../estate.ts';
import type { JsonObject } from '../json.ts';
import type { Scene } from '../scene.ts';
import { runningInstance } from './runningInstance.ts';

/** EC2, Lambda and load balancing. */
export const computeEvents: readonly EventKind[] = [
  { name: 'DescribeInstances', weight: 7, build: describeInstances },
  { name: 'DescribeNetworkInterfaces', weight: 4, build: describeNetworkInterfaces },
  { name: 'DescribeSecurityGroups', weight: 2, build: describeSecurityGroups },
  { name: 'RunInstances', weight: 0.5, build: runInstances },
  { name: 'TerminateInstances', weight: 0.8, build: terminateInstances },
  { name: 'CreateTags', weight: 1, build: createTags },
  { name: 'AuthorizeSecurityGroupIngress', weight: 0.6, build: authorizeIngress },
  { name: 'CreateNetworkAclEntry', weight: 0.2, build: createAclEntry },
  { name: 'Invoke', weight: 6, build: invokeFunction },
  { name: 'UpdateFunctionConfiguration20150331v2', weight: 0.6, build: updateFunction },
  { name: 'DescribeTargetHealth', weight: 2, build: describeTargetHealth },
];

const ec2Version = '2016-11-15';

function describeInstances(scene: Scene): JsonObject {
  const items = Array.from({ length: 1 + scene.random.below(5) }, () => ({ instanceId: scene.instance() }));
  return apiCall(scene, 'ec2', 'DescribeInstances', {
    readOnly: true,
    apiVersion: ec2Version,
    request: {
      maxResults: 1000,
      instancesSet: { items },
      filterSet: {
        items: [{ name: 'instance-state-name', valueSet: { items: [{ value: 'running' }, { value: 'pending' }] } }],
      },
    },
  });
}

function describeNetworkInterfaces(scene: Scene): JsonObject {
  return apiCall(scene, 'ec2', 'DescribeNetworkInterfaces', {
    readOnly: true,
    apiVersion: ec2Version,
    request: {
      networkInterfaceIdSet: {},
      filterSet: {
        items: [{ name: 'attachment.instance-id', valueSet: { items: [{ value: scene.instance() }] } }],
      },
    },
  });
}

function describeSecurityGroups(scene: Scene): JsonObject {
  return apiCall(scene, 'ec2', 'DescribeSecurityGroups', {
    readOnly: true,
    request: {
      securityGroupSet: {},
      securityGroupIdSet: {},
      filterSet: { items: [{ name: 'vpc-id', valueSet: { items: [{ value: 'vpc-0123456789abcdef0' }] } }] },
    },
  });
}

function runInstances(scene: Scene): JsonObject {
  const { random, account } = scene;
  const count = 1 + random.below(4);
  return apiCall(scene, 'ec2', 'RunInstances', {
    apiVersion: ec2Version,
    request: {
      instancesSet: {
        items: [{ imageId: 'ami-0c55b159cbfafe1f0', minCount: count, maxCount: count, keyName: 'prod-key' }],
      },
      userData: '<sensitiveDataRemoved>',
      instanceType: 'm6i.2xlarge',
      blockDeviceMapping: {
        items: [
          {
            deviceName: '/dev/xvda',
            ebs: { volumeSize: 100, deleteOnTermination: true, volumeType: 'gp3', encrypted: true },
          },
        ],
      },
      monitoring: { enabled: false },
      disableApiTermination: false,
      clientToken: random.uuid(),
    },
    response: {
      requestId: random.uuid(),
      reservationId: `r-0${random.hex(16)}`,
      ownerId: account.id,
      groupSet: {},
      instancesSet: { items: Array.from({ length: count }, (_, index) => runningInstance(scene, index)) },
      requesterId: '940372691376',
    },
  });
}

function terminateInstances(scene: Scene): JsonObject {
  const instanceId = scene.instance();
  return apiCall(scene, 'ec2', 'TerminateInstances', {
    request: { instancesSet: { items: [{ instanceId }] } },
    response: {
      requestId: scene.random.uuid(),
      instancesSet: {
        items: [
          {
            instanceId,
            currentState: { code: 32, name: 'shutting-down' },
            previousState: { code: 16, name: 'running' },
          },
        ],
      },
    },
  });
}

function createTags(scene: Scene): JsonObject {
  return apiCall(scene, 'ec2', 'CreateTags', {
    request: {
      resourcesSet: { items: [{ resourceId: `vol-0${scene.random.hex(16)}` }] },
      tagSet: {
        items: [
          { key: 'CostCenter', value: '4711' },
          { key: 'owner', value: 'équipe "réseau"\\prod\t\u{1F680}' },
        ],
      },
    },
    response: { requestId: scene.random.uuid(), _return: true },
  });
}

function authorizeIngress(scene: Scene): JsonObject {
  const { random, account } = scene;
  const port = random.pick([22, 443, 3389, 5432]);
  const cidrIp = random.chance(0.3) ? '0.0.0.0/0' : `203.0.113.${random.below(256)}/32`;
  const groupId = `sg-0${random.hex(16)}`;
  return apiCall(scene, 'ec2', 'AuthorizeSecurityGroupIngress', {
    request: {
      groupId,
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: port,
            toPort: port,
            groups: {},
            ipRanges: { items: [{ cidrIp, description: 'vpn' }] },
            ipv6Ranges: {},
            prefixListIds: {},
          },
        ],
      },
    },
    response: {
      requestId: random.uuid(),
      _return: true,
      securityGroupRuleSet: {
        items: [
          {
            groupOwnerId: account.id,
            groupId,
            securityGroupRuleId: `sgr-0${random.hex(16)}`,
            isEgress: false,
            ipProtocol: 'tcp',
            fromPort: port,
            toPort: port,
            cidrIpv4: cidrIp,
          },
        ],
      },
    },
  });
}

function createAclEntry(scene: Scene): JsonObject {
  return apiCall(scene, 'ec2', 'CreateNetworkAclEntry', {
    request: {
      networkAclId: `acl-0${scene.random.hex(16)}`,
      ruleNumber: 100,
      egress: true,
      ruleAction: 'allow',
      icmpTypeCode: {},
      portRange: { from: 0, to: 65535 },
      aclProtocol: '-1',
      cidrBlock: '0.0.0.0/0',
    },
    response: { requestId: scene.random.uuid(), _return: true },
  });
}

function invokeFunction(scene: Scene): JsonObject {
  const functionName = scene.arn('lambda', `function:${scene.random.favour(estate.functions)}`);
  return apiCall(scene, 'lambda', 'Invoke', {
    data: true,
    request: {
      functionName,
      invocationType: 'Event',
      sourceArn: `arn:aws:s3:::${estate.buckets[0]}`,
      sourceAccount: scene.account.id,
    },
    additional: { functionVersion: `${functionName}:$LATEST` },
    resources: [resource(scene, 'AWS::Lambda::Function', functionName)],
  });
}

function updateFunction(scene: Scene): JsonObject {
  const { random } = scene;
  const functionName = random.favour(estate.functions);
  return apiCall(scene, 'lambda', 'UpdateFunctionConfiguration20150331v2', {
    request: { functionName, timeout: 30, memorySize: 512, environment: {} },
    response: {
      functionName,
      functionArn: scene.arn('lambda', `function:${functionName}`),
      runtime: 'nodejs24.x',
      role: `arn:aws:iam::${scene.account.id}:role/lambda-thumbnailer-role`,
      handler: 'index.handler',
      codeSize: 123_456 + random.below(9999),
      description: '',
      timeout: 30,
      memorySize: 512,
      codeSha256: `${random.hex(43)}=`,
      version: '$LATEST',
      vpcConfig: { subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: [], ipv6AllowedForDualStack: false },
      environment: {},
      tracingConfig: { mode: 'PassThrough' },
      revisionId: random.uuid(),
      layers: [],
      state: 'Active',
      lastUpdateStatus: 'InProgress',
      packageType: 'Zip',
      architectures: ['arm64'],
      ephemeralStorage: { size: 512 },
      snapStart: { applyOn: 'None', optimizationStatus: 'Off' },
    },
  });
}

function describeTargetHealth(scene: Scene): JsonObject {
  return apiCall(scene, 'elasticloadbalancing', 'DescribeTargetHealth', {
    readOnly: true,
    apiVersion: '2015-12-01',
    request: {
      targetGroupArn: scene.arn('elasticloadbalancing', `targetgroup/k8s-prod-orders/${scene.random.hex(16)}`),
    },
  });
}
