import { expect } from 'vitest';
import { parseNotification } from '../../../../shared/cloudtrail/announcing/notification.ts';
import type { ObjectRef } from '../../../../shared/words/announcement.ts';
import type { ConnectorError } from '../../../../shared/words/errors.ts';

export const bucket = 'example-trail-bucket';

export const key =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';

export const s3Event = {
  Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key, size: 7 } } }],
};

export const object = { bucket, key, sizeBytes: 7 };

export const detail = {
  version: '0',
  bucket: { name: bucket },
  object: { key, size: 7 },
  'request-id': 'N4N7GDK58NMKJ12R',
  requester: 'cloudtrail.amazonaws.com',
  reason: 'PutObject',
};

export function textOf(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message);
}

/** The objects of a message in which everything is understood. */
export function objectsOf(message: unknown): readonly ObjectRef[] {
  const { objects, faults } = parseNotification(textOf(message));
  expect(faults).toEqual([]);
  return objects;
}

/** The one fault of a message that announces nothing. */
export function refused(message: unknown): ConnectorError {
  const { objects, faults, nothing } = parseNotification(textOf(message));
  expect({ objects, nothing }).toEqual({ objects: [], nothing: [] });
  const [fault, ...others] = faults;
  expect(others).toEqual([]);
  if (fault === undefined) throw new Error('the message was taken');
  return fault;
}

/** Why there is nothing to do. */
export function reasonsOf(message: unknown): readonly string[] {
  const { objects, faults, nothing } = parseNotification(textOf(message));
  expect({ objects, faults }).toEqual({ objects: [], faults: [] });
  return nothing;
}
