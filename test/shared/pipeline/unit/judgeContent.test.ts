import { describe, expect, it } from 'vitest';
import { judgeContent } from '../../../../shared/pipeline/unit/judgeContent.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';

const event = '{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventID":"x"}';

async function* cut(text: string, size: number, error?: Error): AsyncGenerator<Uint8Array, void, undefined> {
  // One buffer for all pieces, as an inflater has.
  const shared = Buffer.alloc(size);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(shared, 0, at, at + size);
    yield shared.subarray(0, length);
  }
  if (error !== undefined) throw error;
}

async function read(pieces: AsyncGenerator<Uint8Array, void, undefined>): Promise<string> {
  let text = '';
  for await (const piece of judgeContent(pieces, 'AWSLogs/1/CloudTrail/07/')) text += Buffer.from(piece).toString();
  return text;
}

describe('judgeContent', () => {
  it.each([
    ['a log', `{"Records":[${event}]}`],
    ['a log of many', `{"Records":[${Array.from({ length: 2000 }, () => event).join(',')}]}`],
    ['a log laid out', `{\n  "Records" : [\n    ${event}\n  ]\n}`],
    ['a log with fields before', `{"fileVersion":1,"Records":[${event}]}`],
    ['a log whose first record is large', `{"Records":[{"x":"${'y'.repeat(300_000)}","eventID":"1"}]}`],
    ['a log without records', '{"Records":[]}'],
    [
      'a log that tells of a Lambda source',
      `{"Records":[${event.replace('}', ',"requestParameters":{"eventSource":"aws:sqs"}}')}]}`,
    ],
  ])('passes on %s, however it is cut', async (_what, text) => {
    for (const size of [7, 4096, 1 << 20]) expect(await read(cut(text, size))).toBe(text);
  });

  it.each([
    ['a note', 'remember the milk'],
    ['another JSON', '{"configurationItems":[]}'],
    ['a digest', '{"awsAccountId":"1","digestS3Bucket":"b"}'],
    ['other records', '{"Records":[{"a":1},{"b":2}]}'],
    [
      'a notification of S3',
      '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}',
    ],
    ['a flow log', '2 111122223333 eni-1 - - - - - - - 1 2 - NODATA\n'.repeat(30_000)],
  ])('refuses %s as the object’s own failure, and names what is strange', async (_what, text) => {
    for (const size of [7, 1 << 20]) {
      await expect(read(cut(text, text.length > 10_000 ? 65_536 : size))).rejects.toMatchObject({
        code: 'no-records',
        belongsTo: 'object',
        message: expect.stringContaining('"AWSLogs/1/CloudTrail/07/"'),
        remedy: expect.stringContaining('"AWSLogs/1/CloudTrail/07/"'),
      });
    }
  });

  it('adds what is strange to damage before the first record, and to nothing else', async () => {
    const damaged = new ConnectorError('gzip-invalid', 'the gzip data is damaged');
    await expect(read(cut('??', 10, damaged))).rejects.toMatchObject({
      code: 'gzip-invalid',
      message: expect.stringMatching(/damaged, and "AWSLogs/),
    });
    await expect(read(cut(`{"Records":[${event}`, 10, damaged))).rejects.toBe(damaged);
    const denied = new ConnectorError('object-cut', 'the connection broke');
    await expect(read(cut('??', 10, denied))).rejects.toBe(denied);
  });

  it('says nothing about content that was not wanted after all', async () => {
    expect(await read(cut('', 10))).toBe('');
  });
});
