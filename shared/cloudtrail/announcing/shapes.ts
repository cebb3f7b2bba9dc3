import * as v from 'valibot';

/**
 * The message shapes as they arrive, each open-ended: services add fields without notice. Only what is read is named.
 * A property that is only informative falls back to absent rather than refusing the message.
 */

const size = v.fallback(v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), undefined);
const etag = v.fallback(v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))), undefined);
const name = v.pipe(v.string(), v.minLength(1));

/** One entry of an S3 event: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export const s3EventRecord = v.object({
  eventName: v.optional(v.string()),
  s3: v.object({
    bucket: v.object({ name }),
    object: v.object({ key: name, size, eTag: etag }),
  }),
});

/** What S3 sends when the notification is configured: same page, "s3:TestEvent". */
export const s3TestEvent = v.object({
  Event: v.literal('s3:TestEvent'),
  Bucket: v.fallback(v.optional(v.string()), undefined),
});

/** Any S3 event, its entries not looked at yet. */
export const s3Event = v.object({ Records: v.array(v.unknown()) });

/** SNS without raw delivery: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export const snsEnvelope = v.object({
  Type: v.picklist(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  TopicArn: v.fallback(v.optional(v.string()), undefined),
  Message: v.string(),
});

/** Any EventBridge event: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export const eventBridgeEvent = v.object({
  'detail-type': v.string(),
  source: v.fallback(v.optional(v.string()), undefined),
  detail: v.unknown(),
});

/** The detail of S3's own events there: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export const eventBridgeObject = v.object({
  bucket: v.object({ name }),
  object: v.object({ key: name, size, etag }),
  requester: v.fallback(v.optional(v.string()), undefined),
});

/** CloudTrail's own notification: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html */
export const cloudTrailNotification = v.object({ s3Bucket: name, s3ObjectKey: v.union([v.array(name), name]) });

/** A CloudTrail event itself, which some pipelines put into queues: recognised only to say so. */
export const trailEvent = v.object({ eventVersion: v.string(), eventSource: v.string(), eventID: v.string() });
