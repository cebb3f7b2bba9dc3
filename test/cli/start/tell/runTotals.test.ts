import { describe, expect, it } from 'vitest';
import { noFeed } from '../../../../cli/start/feed/feed.ts';
import { RunFailure } from '../../../../cli/start/run/failure.ts';
import { Outstanding } from '../../../../cli/start/run/outstanding.ts';
import { messageFate, RunTotals } from '../../../../cli/start/tell/runTotals.ts';
import { type SummaryParts, summarise } from '../../../../cli/start/tell/summary.ts';
import type { FailureReport, SliceSummary } from '../../../../shared/words/events.ts';
import type { ProgressReport, UnitReport } from '../../../../shared/words/progress.ts';

type Delivery = Extract<ProgressReport, { kind: 'delivery' }>;

const sliceOf = (name: string, fields: object = {}): ProgressReport => ({
  kind: 'slice',
  slice: name,
  summary: {
    source: 's',
    ended: 'queue-empty',
    ledger: 'available',
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
  } as unknown as SliceSummary,
});
const slice = (fields: object = {}): ProgressReport => sliceOf('first', fields);
const delivery = (id: string, units: readonly UnitReport[], fields: Partial<Delivery> = {}): Delivery => ({
  kind: 'delivery',
  slice: 'first',
  id,
  isDone: true,
  units,
  ...fields,
});
const accepted = (title: string, rows: number, name = 'first'): Delivery =>
  delivery(title, [{ title, kind: 'accepted', rows, stubs: 0 }], { slice: name });
const cut = (title: string): FailureReport => ({ code: 'gzip-truncated', owner: 'object', message: `${title} is cut` });
const failed = (title: string, id = title): Delivery => {
  const failure = cut(title);
  const unit = { title, kind: 'failed', rows: 0, stubs: 0, failure } as const;
  return delivery(id, [unit], { isDone: false, failure });
};
const denied: FailureReport = { code: 'queue-denied', owner: 'pipeline', message: 'no', remedy: 'Allow it.' };
const opened: ProgressReport = { kind: 'circuit', circuit: 'source', because: denied };

function totalsOf(...reports: readonly ProgressReport[]): RunTotals {
  const totals = new RunTotals();
  for (const report of reports) totals.add(report);
  return totals;
}

describe('RunTotals', () => {
  it('adds up slices, and objects of a slice that was killed', () => {
    const totals = totalsOf(
      accepted('a', 5),
      slice(),
      accepted('b', 7, 'second'),
      accepted('c', 2, 'second'),
      sliceOf('third'),
    );
    totals.end();
    expect(totals).toMatchObject({ objects: 4, records: 19, rows: 19, slices: 2, slicesCut: 1, requests: 2 });
  });

  it('forgets the failure of an object that is delivered later, and of a circuit that closes', () => {
    const totals = totalsOf(failed('a'), failed('b'), accepted('a', 1), opened);
    expect([...totals.failedObjects.keys()]).toEqual(['b']);
    expect(totals.failure).toEqual(denied);
    totals.add({ kind: 'circuit', circuit: 'source' });
    expect(totals.failure).toBeUndefined();
  });

  it('tells a failure when it is new, and not when the object fails so again', () => {
    const totals = new RunTotals();
    expect(totals.add(failed('a'))).toMatchObject([{ code: 'gzip-truncated', messageId: 'a' }]);
    expect(totals.add(failed('a'))).toEqual([]);
  });

  it('counts a message that announces nothing by itself, and none that is given back in the ordinary way', () => {
    const unknown = delivery('m', [], {
      isDone: false,
      failure: { ...cut('m'), code: 'notification-unknown', owner: 'message' },
    });
    const ended = delivery('n', [], { isDone: false, failure: { ...cut('n'), code: 'slice-ended', owner: 'nobody' } });
    expect([...totalsOf(unknown, ended).failedObjects.keys()]).toEqual(['message m']);
  });

  it('keeps what broke down, which nothing can close', () => {
    expect(totalsOf(slice({ ended: 'failed', failure: denied })).failure).toEqual(denied);
  });
});

describe('messageFate', () => {
  it('tells deleted from failed, and neither from an ordinary return', () => {
    expect(messageFate(accepted('a', 1))).toBe('deleted');
    expect(messageFate(failed('a'))).toBe('failed');
    const failure: FailureReport = { code: 'claim-held', owner: 'nobody', message: 'held' };
    expect(messageFate(delivery('m', [], { isDone: false, failure }))).toBeUndefined();
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
    const totals = totalsOf(failed('k', 'm'), failed('other'));
    expect(errorOf({ outstanding, totals, messagesLeft: 1 })).toEqual({
      code: 'gzip-truncated',
      message: 'k is cut (the file /logs/x.json); 1 other object failed, too',
      remedy: expect.stringContaining('Look at the file'),
    });
  });

  it.each<[string, Partial<SummaryParts>]>([
    ['already-running', { failure: new RunFailure('already-running', 'no', 'wait') }],
    ['queue-denied', { totals: totalsOf(opened, failed('k')) }],
    ['interrupted', { isInterrupted: true }],
    ['interrupted', { isInterrupted: true, times: { beganAt: 0 } }],
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
