import { describe, expect, test } from 'vitest';
import { generateTrail } from '../../../../../local/trail/generateTrail.ts';
import { recordLimits } from '../../../../../shared/cloudtrail/rows/limits.ts';
import { full, noRecord, RowModule } from '../../../../../shared/cloudtrail/rows/wasm/module.ts';

const limits = recordLimits({});
const head = Buffer.from('{"SourceObject":"x"');
const none = new Uint8Array(0);

describe('RowModule', () => {
  test('takes every record that a trail usually holds by itself', () => {
    const module = new RowModule(limits, 8_000_000);
    let records = 0;
    let rows = 0;
    for (const file of generateTrail({ seed: 'module', files: 20, records: 2000, now: Date.UTC(2026, 10, 1) })) {
      const json = file.json();
      module.load(none, json, json.length);
      const first = '{"Records":['.length;
      for (let at = first; ; ) {
        const run = module.run(at, head, 1_000_000, at === first);
        rows += run.rows;
        at = run.stoppedAt;
        if (run.status === noRecord) break;
        if (run.status === full) continue;
        // Refused: one record is passed over.
        at = module.endOfElement(at);
      }
      records += file.records;
    }
    expect(rows / records).toBeGreaterThan(0.995);
  });

  test('takes keys of any length, values of any kind in text columns, and times in both spellings', () => {
    const record = {
      '': 1,
      id: 2,
      [`long${'.'.repeat(60)}`]: 3,
      日本: 4,
      userAgent: { name: 'x' },
      errorMessage: ['"'],
      apiVersion: 20_140_328,
      responseElements: 'text',
      userIdentity: { sessionContext: { attributes: { creationDate: '20131102T010628Z' } }, sessionIssuer: null },
      requestParameters: { ipPermissions: { items: [{ ipProtocol: 'tcp', fromPort: 22 }] } },
      eventTime: '2026-11-01T00:00:00Z',
    };
    expect(rowOf(JSON.stringify(record))).toEqual({
      SourceObject: 'x',
      TimeGenerated: '2026-11-01T00:00:00Z',
      EventTime: '2026-11-01T00:00:00Z',
      SessionCreationDate: '2013-11-02T01:06:28Z',
      UserAgent: '{"name":"x"}',
      ErrorMessage: '["\\""]',
      APIVersion: '20140328',
      ResponseElements: 'text',
      RequestParameters: '{"ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22}]}}',
      IpProtocol: 'tcp',
      SourcePort: '22',
      UnmappedFields: { '': 1, id: 2, [`long${'.'.repeat(60)}`]: 3, 日本: 4 },
    });
  });

  test.each([
    ['a key twice', '"eventID":"a","eventID":"b"'],
    ['a key written with escapes', '"event\\u0049D":"a"'],
    ['a known object that is none', '"userIdentity":"root"'],
    ['a boolean that is none', '"readOnly":"maybe"'],
    ['a leading zero', '"apiVersion":01'],
    ['a bad escape', '"eventID":"\\x"'],
    ['a control character', '"eventID":"\u0001"'],
    ['brackets that do not match', '"resources":[}'],
    [
      'a day that its month may not have',
      '"userIdentity":{"sessionContext":{"attributes":{"creationDate":"2026-02-29T00:00:00Z"}}}',
    ],
    ['a value longer than a column', `"eventID":"${'x'.repeat(64_000)}"`],
    ['more nesting than it can count', `"resources":${'['.repeat(61)}${']'.repeat(61)}`],
    ['no time', '"eventTime":null'],
  ])('refuses %s', (_, members) => {
    const time = members.includes('eventTime') ? '' : '"eventTime":"2026-11-01T00:00:00Z",';
    expect(rowOf(`{${time}${members}}`)).toBeUndefined();
  });

  test('stops before a row that does not fit', () => {
    const module = new RowModule(limits, 10_000);
    const record = '{"eventTime":"2026-11-01T00:00:00Z"},';
    module.load(none, Buffer.from(record.repeat(3)), 10_000);
    const { written } = module.run(0, head, 10_000, true);
    expect(module.run(0, head, written, true)).toMatchObject({ rows: 3 });
    expect(module.run(0, head, written - 1, true)).toMatchObject({
      status: full,
      rows: 2,
      stoppedAt: 2 * record.length - 1,
    });
  });
});

/** The row of a record, or undefined when it is refused. */
function rowOf(record: string): unknown {
  const module = new RowModule(limits, 100_000);
  module.load(none, Buffer.from(`${record},`), 100_000);
  const { rows, written } = module.run(0, head, 100_000, true);
  return rows === 0 ? undefined : JSON.parse(Buffer.from(module.output(written - 1)).toString());
}
