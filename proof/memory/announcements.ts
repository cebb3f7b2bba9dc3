/** A log file in the bucket. */
export interface Announced {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
}

/** Message bodies in each shape that announces log files. Of CloudTrail's own message S3 does not tell a size. */
export const shapes = {
  's3, with the size': (file: Announced) => s3Event(file, { size: file.size }),
  's3, without a size': (file: Announced) => s3Event(file, {}),
  's3 through SNS': (file: Announced) => envelope(s3Event(file, { size: file.size })),
  EventBridge: ({ bucket, key, size }: Announced) =>
    JSON.stringify({
      'detail-type': 'Object Created',
      source: 'aws.s3',
      detail: { bucket: { name: bucket }, object: { key, size } },
    }),
  "CloudTrail's own": ({ bucket, key }: Announced) =>
    envelope(JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key] })),
} satisfies Readonly<Record<string, (file: Announced) => string>>;

export type Shape = keyof typeof shapes;

function s3Event({ bucket, key }: Announced, object: { readonly size?: number }): string {
  const encoded = encodeURIComponent(key).replaceAll('%2F', '/');
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object: { key: encoded, ...object } },
      },
    ],
  });
}

function envelope(message: string): string {
  const topic = 'arn:aws:sns:eu-central-1:222222222222:cloudtrail';
  return JSON.stringify({ Type: 'Notification', MessageId: 'example', TopicArn: topic, Message: message });
}
