import { describe, expect, it } from 'vitest';
import { shapes } from '../../../proof/memory/announcements.ts';
import { parseNotification } from '../../../shared/cloudtrail/announcing/notification.ts';

const file = {
  bucket: 'example-cloudtrail-logs',
  key: 'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01/a b.json.gz',
  size: 7,
};

describe('shapes', () => {
  it.each(Object.entries(shapes))('%s announces the file to the connector', (_, shape) => {
    expect(parseNotification(shape(file))).toMatchObject({
      objects: [{ bucket: file.bucket, key: file.key }],
      faults: [],
    });
  });
});
