import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../shared/cloudtrail/announcing/decision.ts';

const day = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01';
const key = `${day}/111122223333_CloudTrail_us-east-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz`;
const bucket = 'trail-bucket';
const decided = (object: { bucket: string; key: string; alternativeKey?: string }) =>
  decide(object, ['other-bucket', bucket]);

describe('decide', () => {
  it('reads a key under AWSLogs/ in a listed bucket', () => {
    expect(decided({ bucket, key })).toEqual({ fate: 'ingest' });
    expect(decided({ bucket, key: `some+prefix/${key}`, alternativeKey: `some prefix/${key}` })).toEqual({
      fate: 'ingest',
    });
  });

  it('has an object of a layout nobody knows judged by content', () => {
    expect(decided({ bucket, key: `${day}/07/x.json.gz` })).toEqual({ fate: 'judge', strange: `${day}/07/` });
  });

  it('skips what is known and of no interest, under AWSLogs/ or not, but in a listed bucket alone', () => {
    const log = 'access-logs/2026-11-01-00-05-00-0123456789ABCDEF';
    expect(decided({ bucket, key: log })).toEqual({ fate: 'skip', reason: expect.stringContaining('access log') });
    expect(decided({ bucket: 'somebody-elses', key: log })).toMatchObject({ error: { code: 'bucket-not-allowed' } });
  });

  it.each(['trail-bucket2', 'trail', 'TRAIL-BUCKET', '', 'trail-bucket\n'])('refuses bucket %j', (name) => {
    expect(decided({ bucket: name, key })).toMatchObject({
      fate: 'refuse',
      error: { code: 'bucket-not-allowed', belongsTo: 'message', at: { bucket: name, key } },
    });
  });

  it.each([
    ['', /empty/],
    ['secrets/passwords.txt', /AWSLogs/],
    [`backup/NotAWSLogs/${key.slice(8)}`, /AWSLogs/],
    ['NotAWSLogs/x', /AWSLogs/],
    ['AWSLogs', /AWSLogs/],
    ['AWSLogs/../secrets', /dot segment/],
    ['../AWSLogs/x', /dot segment/],
    ['AWSLogs/a/./b', /dot segment/],
    ['AWSLogs/a/..', /dot segment/],
    ['AWSLogs\\..\\x/AWSLogs/x', /dot segment/],
    ['AWSLogs/\u0000x', /control/],
    ['AWSLogs/\r\nHost: x', /control/],
    ['AWSLogs/\u009bx', /control/],
    ['AWSLogs/\ud800', /Unicode/],
    [`AWSLogs/${'é'.repeat(509)}`, /longer than 1024 bytes/],
    [`AWSLogs/${'x'.repeat(5000)}`, /longer than 1024 bytes/],
    [`${'x'.repeat(5000)}/`, /longer than 1024 bytes/],
    ['AWSLogs/111122223333/Novel/x', /layout that is not known/],
  ])('refuses key %j', (name, message) => {
    expect(decided({ bucket, key: name })).toMatchObject({
      fate: 'refuse',
      error: { code: 'key-not-allowed', belongsTo: 'message', message: expect.stringMatching(message) },
    });
  });

  it.each([
    ['AWSLogs/111122223333/Novel/a/x', '"AWSLogs/111122223333/Novel/a/"'],
    ['AWSLogs/111122223333/readme', '"AWSLogs/111122223333/readme"'],
  ])('gives for %s a remedy that does not stop the trail', (name, strange) => {
    expect(decided({ bucket, key: name })).toMatchObject({
      error: { remedy: expect.stringContaining(`about ${strange} to`) },
    });
  });

  it('refuses a second reading that leads elsewhere', () => {
    for (const [first, second] of [
      ['AWSLogs/%2e%2e/x', 'AWSLogs/../x'],
      [`x%2F${key}`, `y/${key.replace('AWSLogs', 'A')}`],
    ] as const) {
      expect(decided({ bucket, key: first, alternativeKey: second })).toMatchObject({
        error: { code: 'key-not-allowed' },
      });
    }
  });

  it('never throws, and stays short whatever the sender wrote', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3000 });
    fc.assert(
      fc.property(text, text, fc.boolean(), (name, path, allowed) => {
        const decision = decide({ bucket: allowed ? bucket : name, key: path }, [bucket]);
        if (decision.fate === 'refuse') expect(String(decision.error).length).toBeLessThan(2000);
      }),
      { numRuns: 300 },
    );
  });
});
