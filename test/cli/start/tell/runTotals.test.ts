import { describe, expect, it } from 'vitest';
import { noFeed } from '../../../../cli/start/feed/feed.ts';
import { RunFailure } from '../../../../cli/start/run/failure.ts';
import { Outstanding } from '../../../../cli/start/run/outstanding.ts';
import { type EventLine, messageFate, RunTotals, readEventLine } from '../../../../cli/start/tell/runTotals.ts';
import { type SummaryParts, summarise } from '../../../../cli/start/tell/summary.ts';

const slice = (fields: object = {}): EventLine => ({
  event: 'slice-finished',
  source: 's',
  identityHolds: true,
  objectsAccepted: 1,
  objectsSkipped: 0,
  objectsSuppressed: 0,
  records: 5,
  rowsAccepted: 5,
  recordsDropped: 0,
  recordsSuppressed: 0,
  recordsLeft: 0,
  stubs: 0,
  bytesRead: 10,
  bytesInflated: 20,
  bytesUploaded: 30,
  bytesSent: 3,
  uploads: 1,
  timeMs: { sideBySide: 60, oneRead: 10, oneUpload: 10, receiving: 15, deleting: 5, nothing: 0 },
  ...fields,
});
const accepted = (key: string, rows: number): EventLine => ({
  event: 'object-accepted',
  source: 's',
  key,
  rows,
  stubs: 0,
});
const failed = (key: string, fields: object = {}): EventLine => ({
  event: 'object-failed',
  source: 's',
  key,
  code: 'gzip-truncated',
  message: `${key} is cut`,
  ...fields,
});
const opened: EventLine = {
  event: 'circuit-opened',
  source: 's',
  circuit: 'source',
  code: 'queue-denied',
  message: 'no',
};

function totalsOf(...lines: (EventLine | readonly [EventLine, string])[]): RunTotals {
  const totals = new RunTotals();
  for (const line of lines) {
    if ('event' in line) totals.add(line);
    else totals.add(...line);
  }
  return totals;
}

describe('RunTotals', () => {
  it('adds up slices, and objects of a slice that was killed', () => {
    const totals = totalsOf(
      [accepted('a', 5), 'first'],
      [slice(), 'first'],
      [accepted('b', 7), 'second'],
      [accepted('c', 2), 'second'],
      [slice(), 'third'],
    );
    totals.end();
    expect(totals).toMatchObject({ objects: 4, records: 19, rows: 19, slices: 2, slicesCut: 1, requests: 2 });
  });

  it('forgets the failure of an object that is delivered later, and of a circuit that closes', () => {
    const totals = totalsOf(failed('a'), failed('b'), accepted('a', 1), opened);
    expect([...totals.failedObjects.keys()]).toEqual(['b']);
    expect(totals.failure).toMatchObject({ code: 'queue-denied' });
    totals.add({ event: 'circuit-closed', source: 's', circuit: 'source' });
    expect(totals.failure).toBeUndefined();
  });

  it('remembers a remedy whichever line said it', () => {
    const probe: EventLine = { event: 'circuit-probed', code: 'queue-denied', remedy: 'Allow it.' };
    expect(totalsOf(probe, opened).failure?.remedy).toBe('Allow it.');
  });

  it('keeps what nothing can close', () => {
    const broken = totalsOf({ event: 'settings-refused', problems: ['A is missing', 'B is wrong'] });
    expect(broken.failure).toMatchObject({ code: 'settings-invalid', message: 'A is missing; B is wrong' });
    expect(totalsOf({ event: 'source-failed', code: 'bug', message: 'x' }).failure).toMatchObject({ code: 'bug' });
  });
});

describe('messageFate', () => {
  it('tells deleted from failed, and neither from an ordinary return', () => {
    const returned = { event: 'message-returned', messageId: 'm' };
    expect(messageFate({ event: 'message-acknowledged', messageId: 'm' })).toEqual({ messageId: 'm', fate: 'deleted' });
    expect(messageFate({ ...returned, code: 'no-records', owner: 'object' })).toEqual({
      messageId: 'm',
      fate: 'failed',
    });
    expect(messageFate({ ...returned, code: 'claim-held', owner: 'nobody' })).toBeUndefined();
  });
});

describe('readEventLine', () => {
  it('reads the connector’s lines and no others', () => {
    expect(readEventLine('{"event":"slice-started","source":"s"}')).toEqual({ event: 'slice-started', source: 's' });
    for (const line of ['hello', '{"event":"cut', '{"level":"info"}']) expect(readEventLine(line)).toBeUndefined();
  });
});

describe('Outstanding', () => {
  it('is settled when every message was deleted or has failed', () => {
    const outstanding = new Outstanding();
    expect(outstanding.isSettled).toBe(true);
    outstanding.add('a', { key: 'ka', sizeBytes: 5, path: '/a' });
    outstanding.add('b');
    outstanding.failed('a');
    outstanding.failed('unknown');
    expect([outstanding.isSettled, outstanding.messages, outstanding.bytes]).toEqual([false, 2, 5]);
    expect(outstanding.deleted('b')).toBeUndefined();
    expect([outstanding.isSettled, outstanding.pathOf('a')]).toEqual([true, '/a']);
    expect(outstanding.deleted('a')).toMatchObject({ key: 'ka' });
    expect(outstanding.deleted('a')).toBeUndefined();
    expect([outstanding.isSettled, outstanding.messages, outstanding.bytes]).toEqual([true, 0, 0]);
  });
});

describe('summarise', () => {
  const parts = (fields: Partial<SummaryParts> = {}): SummaryParts => ({
    version: '1',
    totals: totalsOf(slice()),
    fed: { ...noFeed(), done: true, messages: 1 },
    outstanding: new Outstanding(),
    messagesDeleted: 1,
    messagesLeft: 0,
    tableRows: 5,
    times: { beganAt: 0, functionsUpAt: 1000, drainedAt: 3500 },
    isInterrupted: false,
    ...fields,
  });
  const errorOf = (fields: Partial<SummaryParts>) => summarise(parts(fields)).error;

  it('is ok when everything arrived', () => {
    expect(summarise(parts())).toEqual({
      version: '1',
      objects: 1,
      objectsFailed: 0,
      objectsSkipped: 0,
      records: 5,
      rows: 5,
      stubs: 0,
      dropped: 0,
      suppressed: 0,
      left: 0,
      messagesDeleted: 1,
      messagesLeft: 0,
      bytesIn: 10,
      bytesOut: 3,
      requests: 1,
      seconds: 2.5,
      drainedMs: { sideBySide: 60, oneRead: 10, oneUpload: 10, receiving: 15, deleting: 5, nothing: 0 },
      waited: 0.4,
      ok: true,
      error: null,
    });
  });

  it('names the user’s own file when an object failed, and always a remedy', () => {
    const outstanding = new Outstanding();
    outstanding.add('m', { key: 'k', sizeBytes: 1, path: '/logs/x.json' });
    const totals = totalsOf(failed('k', { messageId: 'm' }), failed('other'));
    expect(errorOf({ outstanding, totals, messagesLeft: 1 })).toEqual({
      code: 'gzip-truncated',
      message: 'k is cut (the file /logs/x.json); 1 other object failed, too',
      remedy: expect.stringContaining('Look at the file'),
    });
  });

  it.each<[string, Partial<SummaryParts>]>([
    ['already-running', { failure: new RunFailure('already-running', 'no', 'wait') }],
    ['queue-denied', { totals: totalsOf({ ...opened, remedy: 'Allow it.' }, failed('k')) }],
    ['interrupted', { isInterrupted: true }],
    [
      'file-unreadable',
      {
        fed: {
          ...noFeed(),
          done: true,
          messages: 1,
          unreadable: 2,
          firstUnreadable: { path: '/x', reason: 'no', isFailure: true },
        },
      },
    ],
    ['counts-differ', { totals: totalsOf(slice({ identityHolds: false })) }],
    ['records-lost', { tableRows: 4 }],
    ['records-lost', { fed: { ...noFeed(), done: true, messages: 1, records: 6 } }],
    ['messages-left', { messagesLeft: 3 }],
    ['no-log-files', { fed: { ...noFeed(), done: true, leftOut: 2 }, totals: totalsOf(), tableRows: 0 }],
  ])('says %s when that is so', (code, fields) => {
    expect(errorOf(fields)).toMatchObject({ code, message: expect.any(String), remedy: expect.anything() });
  });
});
