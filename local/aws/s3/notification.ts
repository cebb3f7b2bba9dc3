import { type Answer, escapeXml, xmlAnswer } from '../gateway/answers.ts';
import type { Bucket } from '../scene/world.ts';

/** What the bucket announces, as S3 words it. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
export function notificationDocument({ notifications = [], tellsEventBridge = false }: Bucket): Answer {
  const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;
  const rule = (name: string, value: string): string =>
    value === '' ? '' : `<FilterRule>${element('Name', name)}${element('Value', value)}</FilterRule>`;
  const configurations = notifications.map(
    ({ target, event, prefix, suffix }) =>
      `<QueueConfiguration>${element('Id', 'one')}${element('Queue', target)}${element('Event', event)}` +
      `<Filter><S3Key>${rule('Prefix', prefix)}${rule('Suffix', suffix)}</S3Key></Filter></QueueConfiguration>`,
  );
  const eventBridge = tellsEventBridge ? '<EventBridgeConfiguration></EventBridgeConfiguration>' : '';
  return xmlAnswer(
    `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${configurations.join('')}${eventBridge}</NotificationConfiguration>`,
  );
}
