import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseNotification } from '../../../../shared/cloudtrail/announcing/notification.ts';
import { key, object, objectsOf, refused, s3Event } from './messages.ts';

const text = JSON.stringify(s3Event);

describe('the text of a message', () => {
  it.each([
    ['JSON', text],
    ['JSON with blanks around', `\n  ${text}\n`],
    ['JSON laid out', JSON.stringify(s3Event, null, 2)],
    ['JSON behind a byte order mark', `\uFEFF${text}`],
    ['JSON with escaped slashes', text.replaceAll('/', '\\/')],
    ['Base64', Buffer.from(text).toString('base64')],
    ['Base64 for addresses', Buffer.from(text).toString('base64url')],
    ['Base64 of a list', Buffer.from(`[${text}]`).toString('base64')],
    ['Base64 in lines', Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n')],
    ['Base64 as a JSON text', JSON.stringify(Buffer.from(text).toString('base64'))],
    ['a line of NDJSON twice', `${text}\n${text}\n`],
  ])('is read as %s', (_what, body) => {
    expect(objectsOf(body)).toEqual([object]);
  });

  it('is read line by line, good lines beside bad ones', () => {
    const { objects, faults } = parseNotification(`{"foo":1}\n${text}\nhello\n`);
    expect(objects).toEqual([object]);
    expect(faults.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^line 1 of the message is a JSON object with "foo".*; 1 more/),
    ]);
  });

  it.each([
    ['gzip in Base64', gzipSync(text).toString('base64'), /^the message is gzip data in Base64/, /plain JSON/],
    ['gzip', `\u001f\ufffd\b${'\u0000'.repeat(5)}`, /gzip data/, /plain JSON/],
    ['Base64 of anything', Buffer.alloc(60, 7).toString('base64'), /seem to be Base64/, /plain JSON/],
    ['URL-encoded JSON', encodeURIComponent(text), /URL-encoded/, /plain JSON/],
    ['HTML', '<html><body>502 Bad Gateway</body></html>', /XML or HTML/, /Send this queue only/],
    ['cut JSON', text.slice(0, -9), /not JSON although it begins so/, /shortens/],
    ['JSON of Python', "{'Records': []}", /not JSON although it begins so/, /shortens/],
    ['a sentence of a transformer', `Object ${key} was created`, /mention an object of S3/, /transformer/],
    ['a URI', `s3://b/${key}`, /mention an object of S3/, /transformer/],
    ['an ARN', 'arn:aws:s3:::b/k', /mention an object of S3/, /transformer/],
    [
      'a JSON text of a transformer',
      JSON.stringify(`"${key}" was created`),
      /mention an object of S3|although it begins so/,
      /./,
    ],
    ['a sentence', 'hello', /5 characters of text that is not JSON/, /Send this queue only/],
    ['nothing', '', /0 characters/, /Send this queue only/],
    ['blanks', ' \n ', /0 characters/, /Send this queue only/],
  ])('is named when it is %s', (_what, body, what, remedy) => {
    expect(refused(body)).toMatchObject({
      message: expect.stringMatching(what),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('is never shown', () => {
    for (const body of ['secret-value', '{"foo":"secret-value"}', '["secret-value"]', `{'secret-value`]) {
      for (const { message, remedy } of parseNotification(body).faults)
        expect(`${message} ${remedy}`).not.toContain('secret-value');
    }
  });
});
