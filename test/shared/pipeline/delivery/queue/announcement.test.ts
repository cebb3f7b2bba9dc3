import { describe, expect, it } from 'vitest';
import { announcementOf } from '../../../../../shared/pipeline/delivery/queue/announcement.ts';
import { neverOpened } from '../../unit/support.ts';

const day = 'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01';
const log = `${day}/111122223333_CloudTrail_eu-central-1_20261101T0705Z_aaaaaaaaaaaaaaaa.json.gz`;
const parts = { objects: neverOpened, allowedBuckets: ['trail'] };
const record = (key: string, bucket = 'trail') => ({ s3: { bucket: { name: bucket }, object: { key } } });
const announced = (...records: readonly unknown[]) => announcementOf(JSON.stringify({ Records: records }), parts);

describe('announcementOf', () => {
  it('describes each object once, and says what becomes of it', () => {
    const { units, faults } = announced(
      record(log),
      record(`${day}/07/log.json`),
      record('access/2026-11-01-00-05-00-0123456789ABCDEF'),
      record('etc/passwd'),
      record(log, 'somebody-elses'),
      { foo: 1 },
    );
    expect(units).toMatchObject([
      {
        fate: 'ingest',
        unit: {
          scope: 'trail',
          name: log,
          sourceObject: '20261101T0705Z_aaaaaaaaaaaaaaaa',
          deliveredAt: '2026-11-01T07:05:00Z',
        },
      },
      { fate: 'ingest', unit: { name: `${day}/07/log.json` } },
      { fate: 'skip', reason: expect.stringContaining('access log') },
      { fate: 'refuse', error: { code: 'key-not-allowed' } },
      { fate: 'refuse', error: { code: 'bucket-not-allowed' } },
    ]);
    expect(faults).toMatchObject([{ code: 'notification-unknown' }]);
  });

  it('says why there is nothing to do', () => {
    expect(announced()).toEqual({ units: [], faults: [], nothing: ['an S3 event without records'] });
  });
});
