import { mayDo } from '../gateway/access.ts';
import type { Answer, Failure } from '../gateway/answers.ts';
import type { Trail, World } from '../scene/world.ts';
import type { Caller } from '../trust/credentials.ts';

/** What the service needs from its surroundings. */
export interface CloudTrailDependencies {
  readonly world: World;
  readonly now: () => number;
}

/** A request whose sender is proven. */
export interface CloudTrailCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  /** The region the signature was made for. */
  readonly region: string;
}

/** Answers what a reader may ask about trails. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html */
export function answerCloudTrail(call: CloudTrailCall, { world, now }: CloudTrailDependencies): Answer | Failure {
  const { caller, operation, region } = call;
  const name = String(call.input['Name'] ?? call.input['TrailName'] ?? '');
  const trail = world.trails.find((one) => one.arn === name);
  const action = `cloudtrail:${operation}`;
  const resource = operation === 'DescribeTrails' ? '*' : (trail?.arn ?? '*');
  const answer = mayDo({ caller, action, resource, owner: { account: caller.account }, region, now: now() });
  if (!answer.allowed) {
    const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${answer.because}`;
    return { status: 400, code: 'AccessDeniedException', message };
  }
  if (operation === 'DescribeTrails') {
    const seen = world.trails.filter(
      (one) => one.account === caller.account && (one.multiRegion || one.homeRegion === region),
    );
    return json({ trailList: seen.map(described) });
  }
  if (trail === undefined || trail.account !== caller.account || trail.homeRegion !== region) {
    return { status: 400, code: 'TrailNotFoundException', message: `Unknown trail: ${name}` };
  }
  switch (operation) {
    case 'GetTrailStatus':
      return json({
        IsLogging: trail.isLogging,
        ...(trail.deliveryError === undefined ? {} : { LatestDeliveryError: trail.deliveryError }),
        LatestDeliveryTime: now() / 1000,
      });
    case 'GetEventSelectors':
      return json({ TrailARN: trail.arn, AdvancedEventSelectors: trail.selectors });
    default:
      return { status: 400, code: 'UnknownOperationException', message: `${operation} is not available here.` };
  }
}

function described(trail: Trail) {
  return {
    Name: trail.arn.slice(trail.arn.lastIndexOf('/') + 1),
    TrailARN: trail.arn,
    HomeRegion: trail.homeRegion,
    S3BucketName: trail.bucket,
    ...(trail.prefix === '' ? {} : { S3KeyPrefix: trail.prefix }),
    IsMultiRegionTrail: trail.multiRegion,
    IsOrganizationTrail: false,
    LogFileValidationEnabled: trail.validated,
  };
}

function json(output: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(output) };
}
