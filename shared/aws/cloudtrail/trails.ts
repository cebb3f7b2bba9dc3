import * as v from 'valibot';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { serviceHost } from '../../words/partitions.ts';
import { readAwsAnswer } from '../answers/answer.ts';
import { NotTold } from '../answers/notTold.ts';
import type { SourceCredentials } from '../credentials/sourceCredentials.ts';
import { awsService, type ServicePlace } from '../http/service.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../http/timeouts.ts';
import { readSqsRefusal } from '../sqs/refusal.ts';

export type Trail = v.InferOutput<typeof trail>;
export type TrailStatus = v.InferOutput<typeof status>;
export type EventSelectors = v.InferOutput<typeof selectors>;

/** Looks at trails under the source's role, for a check. Each call is one request, and throws NotTold, or ConnectorError for a session. */
export interface TrailReads {
  /** Those of the account that can be seen from the region, trails of other regions and of the organisation among them. */
  describe(region: string, signal: AbortSignal): Promise<readonly Trail[]>;
  status(trail: Trail, signal: AbortSignal): Promise<TrailStatus>;
  selectors(trail: Trail, signal: AbortSignal): Promise<EventSelectors>;
  close(): void;
}

export interface TrailReadsOptions extends ServicePlace {
  readonly credentials: SourceCredentials;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeouts?: AwsTimeouts;
}

/** A trail may have 500 values of selectors, each below 2,048 characters. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/Welcome.html, in the JSON 1.1 protocol. */
export function trailReads({
  credentials,
  clock,
  endpoint,
  isFips,
  timeouts = defaultAwsTimeouts,
}: TrailReadsOptions): TrailReads {
  // The JSON protocol words its refusals like that of SQS.
  const service = awsService({ name: 'cloudtrail', clock, timeouts, readRefusal: readSqsRefusal });

  const ask = async (action: string, region: string, input: object, signal: AbortSignal): Promise<unknown> => {
    const origin =
      endpoint === undefined ? `https://${serviceHost('cloudtrail', region, isFips)}` : new URL(endpoint).origin;
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.${action}`,
    };
    try {
      const session = await credentials.session(signal);
      const body = JSON.stringify(input);
      const answer = await service.send({ region, origin, method: 'POST', path: '/', headers, body }, session, signal);
      return JSON.parse((await answer.body.all(maxAnswerBytes)).toString());
    } catch (error) {
      if (error instanceof ConnectorError) throw error;
      const answer = readAwsAnswer(error, signal);
      throw new NotTold(`cloudtrail:${action}`, `region ${region}`, answer);
    }
  };

  return {
    describe: async (region, signal) =>
      v.parse(trails, await ask('DescribeTrails', region, { includeShadowTrails: true }, signal)).trailList ?? [],
    // Only its own region knows a trail's status.
    status: async (one, signal) =>
      v.parse(status, await ask('GetTrailStatus', one.HomeRegion ?? '', { Name: one.TrailARN }, signal)),
    selectors: async (one, signal) =>
      v.parse(selectors, await ask('GetEventSelectors', one.HomeRegion ?? '', { TrailName: one.TrailARN }, signal)),
    close: () => service.close(),
  };
}

const text = v.optional(v.string());
const flag = v.optional(v.boolean());

const trail = v.object({
  Name: text,
  TrailARN: text,
  HomeRegion: text,
  S3BucketName: text,
  S3KeyPrefix: text,
  KmsKeyId: text,
  IsMultiRegionTrail: flag,
  IsOrganizationTrail: flag,
  LogFileValidationEnabled: flag,
});
const trails = v.object({ trailList: v.optional(v.array(trail)) });

const status = v.object({
  IsLogging: flag,
  LatestDeliveryError: text,
  /** Seconds since the epoch. */
  LatestDeliveryTime: v.optional(v.number()),
});

const fieldSelector = v.object({
  Field: v.string(),
  Equals: v.optional(v.array(v.string())),
  StartsWith: v.optional(v.array(v.string())),
  NotStartsWith: v.optional(v.array(v.string())),
  NotEquals: v.optional(v.array(v.string())),
});
const selectors = v.object({
  EventSelectors: v.nullish(
    v.array(
      v.object({
        IncludeManagementEvents: flag,
        DataResources: v.nullish(v.array(v.object({ Type: text, Values: v.nullish(v.array(v.string())) }))),
      }),
    ),
  ),
  AdvancedEventSelectors: v.nullish(v.array(v.object({ Name: text, FieldSelectors: v.array(fieldSelector) }))),
});
