import { describe, expect, it } from 'vitest';
import { appendRow, openBody } from '../../../../shared/cloudtrail/rows/body.ts';
import type { OpenRowStream } from '../../../../shared/cloudtrail/rows/engine.ts';
import { eventSeconds } from '../../../../shared/cloudtrail/rows/eventSeconds.ts';
import { openWasmRowStream } from '../../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';

const context = { sourceObject: 's3://b/k', fallbackTime: '2026-11-01T00:10:00.500Z' };
const seconds = (iso: string) => Math.floor(Date.parse(iso) / 1000);

function secondsOf(records: readonly object[], open: OpenRowStream = openWasmRowStream()): readonly number[] {
  const stream = open(context);
  const body = openBody(1_000_000);
  stream.feed(Buffer.from(JSON.stringify({ Records: records })), body);
  stream.end(body);
  return [...eventSeconds(body)];
}

describe('eventSeconds', () => {
  it.each(['2000-02-29T00:00:00Z', '2026-10-31T23:59:59Z', '2026-11-01T00:00:00Z', '2099-12-31T23:59:59Z'])(
    'reads %s wherever it stands in the record, and whichever engine writes the row',
    (eventTime) => {
      const ordinary = [
        { eventTime, eventName: 'A' },
        { userIdentity: { type: 'Root' }, eventName: 'B', eventTime },
      ];
      // A number in place of a text is not the module's to write.
      const odd = { eventName: 7, eventTime };
      expect(secondsOf([...ordinary, odd, ...ordinary])).toEqual(Array(5).fill(seconds(eventTime)));
    },
  );

  it('takes the delivery for the time of a record that has none', () => {
    expect(secondsOf([{ eventName: 'A' }, { eventName: 'B', eventTime: 'soon' }])).toEqual(
      Array(2).fill(seconds('2026-11-01T00:10:00Z')),
    );
  });

  it('reads fractions, offsets and the short way of writing', () => {
    const times = ['2026-11-01T00:05:00.123Z', '2026-11-01T02:05:00+02:00', '20261101T000500Z'];
    expect(secondsOf(times.map((eventTime) => ({ eventTime })))).toEqual(
      Array(3).fill(seconds('2026-11-01T00:05:00Z')),
    );
  });

  it('is not led astray by what a record says of itself', () => {
    const [eventTime, other] = ['2026-11-01T00:05:00Z', '2020-01-01T00:00:00Z'];
    const record = { TimeGenerated: other, unknown: { TimeGenerated: other }, eventName: `"TimeGenerated":"${other}"` };
    expect(secondsOf([{ ...record, eventTime }])).toEqual([seconds(eventTime)]);
  });

  it('says 0 where nobody said where the time lies', () => {
    const body = openBody(1_000);
    appendRow(body, Buffer.from('{"a":1},'), { idStart: 0, idEnd: 0, timeStart: 0 });
    expect([...eventSeconds(body)]).toEqual([0]);
  });
});
