/** What to do about a message that announces nothing the connector can read. */
export const remedies = {
  unknown:
    'Send this queue only S3 event notifications, EventBridge "Object Created" events of S3, or the SNS notifications of a trail, and remove this message.',
  events:
    'Send S3 event notifications about the log files instead of the events themselves: the connector reads events from the files in S3.',
  apiCall:
    'Replace the EventBridge rule on "AWS API Call via CloudTrail" by one on "Object Created" of the trail\'s bucket: the connector reads events from the files in S3.',
  logs: "Send the notifications of the trail's bucket to this queue, not a subscription of CloudWatch Logs: the connector reads events from the files in S3.",
  securityLake:
    'Point the notification at the bucket of a CloudTrail trail: Security Lake stores Parquet files in OCSF, which are not CloudTrail log files.',
  transformer:
    'Remove the input transformer (or input path) from the rule or pipe, or let it put out the fields "bucket" and "key".',
  pointer:
    'Send notifications to this queue without the SQS extended client, which keeps bodies in a bucket: notifications are small enough for SQS.',
  encoded: 'Send the notification as plain JSON text: remove the step that encodes or compresses it on its way.',
  cut: 'Look for the step on the way that shortens messages: the JSON breaks off, or is not JSON.',
  rewritten:
    'Look at both versions in the bucket, and at who may write to it: CloudTrail never writes a log file twice. The later one was read.',
  tooMany: 'Find out who sends such messages to this queue: they are not from AWS.',
  wrapped: 'Take out the steps on the way that put messages into messages.',
  unconfirmed:
    "Confirm the queue's subscription in SNS (subscribe it again as the queue's owner, which needs no confirmation), then delete this message.",
  unsubscribed: 'Subscribe the queue to the topic again if its log files are still wanted, then delete this message.',
} as const;
