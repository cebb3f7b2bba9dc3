/** Queue messages of one mebibyte, the most that SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const mebibyte = 1024 * 1024;

const key =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01/111122223333_CloudTrail_eu-west-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';

export const hostileMessages: Readonly<Record<string, () => string>> = {
  'an event of thousands of objects': () => {
    const record = JSON.stringify({
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'b' }, object: { key } },
    });
    return `{"Records":[${filled(`${record},`, record)}]}`;
  },
  'thousands of keys in one notification': () => `{"s3Bucket":"b","s3ObjectKey":[${filled(`"${key}",`, `"${key}"`)}]}`,
  brackets: () => '['.repeat(mebibyte),
  'text in text': () => {
    let text = 'x';
    while (text.length < mebibyte / 2.5) text = JSON.stringify({ Type: 'Notification', Message: text });
    return text;
  },
  'empty records': () => `{"Records":[${filled('{},', '{}')}]}`,
};

function filled(part: string, last: string): string {
  return part.repeat(Math.floor((mebibyte - 100 - last.length) / part.length)) + last;
}
