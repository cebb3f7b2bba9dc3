import type { JsonObject } from '../json.ts';
import { literal } from '../json.ts';
import type { Scene } from '../scene.ts';

/** An Insights record: unusual activity, told without who did it; no event name of its own. */
export function insightRecord(scene: Scene): JsonObject {
  const { random, account, region } = scene;
  const isErrors = random.chance(0.4);
  const average = `${(random.next() * 3).toFixed(10)}`;
  return {
    eventVersion: '1.11',
    eventTime: scene.eventTime(),
    awsRegion: region,
    eventID: random.uuid(),
    eventType: 'AwsCloudTrailInsight',
    recipientAccountId: account.id,
    sharedEventID: random.uuid(),
    insightDetails: {
      state: random.pick(['Start', 'End']),
      eventSource: 'autoscaling.amazonaws.com',
      eventName: 'CompleteLifecycleAction',
      insightType: isErrors ? 'ApiErrorRateInsight' : 'ApiCallRateInsight',
      errorCode: isErrors ? 'ValidationException' : undefined,
      insightContext: {
        statistics: {
          baseline: { average: literal(`${average.slice(0, 6)}E-4`) },
          insight: { average: literal(`${random.below(40)}.0`) },
          insightDuration: 1 + random.below(20),
          baselineDuration: 10_120,
        },
        attributions: [
          {
            attribute: 'userIdentityArn',
            insight: [
              { value: `arn:aws:sts::${account.id}:assumed-role/cluster-autoscaler/session`, average: literal('5.0') },
            ],
            baseline: [
              {
                value: `arn:aws:sts::${account.id}:assumed-role/cluster-autoscaler/session`,
                average: literal('9.982E-4'),
              },
            ],
          },
          {
            attribute: 'errorCode',
            insight: [{ value: 'null', average: literal('6.0') }],
            baseline: [{ value: 'null', average: literal('9.982E-4') }],
          },
        ],
      },
    },
    eventCategory: 'Insight',
  };
}

/** A network activity record: a call through a VPC endpoint, often refused by the endpoint's policy. */
export function networkActivityRecord(scene: Scene): JsonObject {
  const { random, account, region } = scene;
  const isRefused = random.chance(0.6);
  const caller = scene.caller();
  return {
    eventVersion: '1.11',
    userIdentity: isRefused
      ? { type: 'AWSAccount', principalId: 'AKIAIOSFODNN7EXAMPLE', accountId: '555566667777' }
      : caller.identity,
    eventTime: scene.eventTime(),
    eventSource: random.pick(['kms.amazonaws.com', 's3.amazonaws.com', 'secretsmanager.amazonaws.com']),
    eventName: random.pick(['ListKeys', 'Decrypt', 'GetSecretValue']),
    awsRegion: region,
    sourceIPAddress: scene.privateAddress(),
    errorCode: isRefused ? 'VpceAccessDenied' : undefined,
    errorMessage: isRefused ? 'The request was denied due to a VPC endpoint policy' : undefined,
    requestID: random.uuid(),
    eventID: random.uuid(),
    eventType: random.chance(0.8) ? 'AwsVpceEvent' : 'AwsVpceEvents',
    recipientAccountId: account.id,
    sharedEventID: random.chance(0.2) ? random.uuid() : undefined,
    vpcEndpointId: `vpce-0${random.hex(16)}`,
    vpcEndpointAccountId: account.id,
    eventCategory: 'NetworkActivity',
  };
}
