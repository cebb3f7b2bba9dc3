import { describe, expect, test } from 'vitest';
import { openByteRowStream } from '../../../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { openWasmRowStream } from '../../../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { logOf, map } from '../mapping.ts';

const engines = [
  ['bytes', openByteRowStream()],
  ['wasm', openWasmRowStream()],
] as const;

const time = '2026-11-01T00:00:01Z';

describe.each(engines)('what a service might refuse, %s', (_, open) => {
  test.each([
    ['\\ud800', '\\ufffd'],
    ['\\uDFFF', '\\ufffd'],
    ['a\\udc00\\ud800b', 'a\\ufffd\\ufffdb'],
    ['\\ud83d\\ud83d\\ude00', '\\ufffd\\ud83d\\ude00'],
    ['\\ud83d\\\\ude00', '\\ufffd\\\\ude00'],
  ])('half a character, %s, becomes U+FFFD', (escapes, repaired) => {
    const record = `{"eventTime":"${time}","errorMessage":"${escapes}","requestParameters":{"a${escapes}":1},"x":"${escapes}"}`;
    for (const pieces of [[1000], [1], [50]]) {
      const { bodies, rows, counts, error } = map(logOf(record), { open, pieces });
      expect(error).toBeUndefined();
      expect(counts).toMatchObject({ rows: 1, repaired: 1, stubs: 0 });
      expect(bodies[0]).toContain(`"ErrorMessage":"${repaired}"`);
      expect(bodies[0]).not.toMatch(/(?<!\\)(?:\\\\)*\\ud800/i);
      expect(rows[0]?.['RequestParameters']).toContain('ufffd');
    }
  });

  test('whole characters are left as they are written', () => {
    const record = `{"eventTime":"${time}","errorMessage":"\\ud83d\\ude00 \\\\ud800 \\u00e9"}`;
    const { bodies, counts } = map(logOf(record), { open });
    expect(bodies[0]).toContain('"ErrorMessage":"\\ud83d\\ude00 \\\\ud800 \\u00e9"');
    expect(counts.repaired).toBe(0);
  });

  test('half a character in three bytes becomes U+FFFD', () => {
    const log = Buffer.from(logOf(`{"eventTime":"${time}","errorMessage":"\u0001\u0001\u0001"}`));
    log.set([0xed, 0xa0, 0x80], log.indexOf(1));
    const { rows, counts } = map(log, { open });
    expect(rows[0]?.['ErrorMessage']).toBe('\ufffd\ufffd\ufffd');
    expect(counts.repaired).toBe(1);
  });

  test.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1999-12-31T23:59:59Z', '2026-11-01T00:00:00+99:00'])(
    'the time %s is kept aside',
    (eventTime) => {
      const session = { attributes: { creationDate: eventTime } };
      const { rows } = map(logOf({ eventTime, userIdentity: { sessionContext: session } }), { open });
      expect(rows[0]?.['TimeGenerated']).toBe('2026-11-01T00:05:00Z');
      expect(rows[0]).not.toHaveProperty('SessionCreationDate');
      expect(rows[0]?.['UnmappedFields']).toEqual({
        _noEventTime: true,
        eventTime,
        userIdentity: { sessionContext: session },
      });
    },
  );
});
