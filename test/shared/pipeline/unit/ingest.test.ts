import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../../../shared/kit/semaphore.ts';
import type { Admission } from '../../../../shared/pipeline/circuits/buckets.ts';
import { noLease } from '../../../../shared/pipeline/ledger/noLedger.ts';
import type { Claim, Lease } from '../../../../shared/pipeline/ports/lease.ts';
import type { Unit } from '../../../../shared/pipeline/ports/unit.ts';
import type { UnitOutcome } from '../../../../shared/pipeline/ports/unitOutcome.ts';
import { type IngestParts, ingestUnit } from '../../../../shared/pipeline/unit/ingest.ts';
import type { RowsOutcome } from '../../../../shared/pipeline/upload/outcome.ts';
import type { ErrorCode } from '../../../../shared/words/errors.ts';
import { failureOf } from '../../../../shared/words/failure.ts';
import { FakeClock, failure, lineRows, usualSettings } from '../fakes.ts';
import { evidence } from '../ledger/support.ts';
import { onePacker } from './onePacker.ts';
import { contentOf, unitWith } from './support.ts';

const never = new AbortController().signal;
const receivedAt = Date.parse('2026-11-01T00:10:00Z');

interface Told {
  /** What opening it brings. */
  readonly stored?: string | Error;
  readonly unit?: Partial<Unit>;
  readonly lease?: Partial<Lease>;
  readonly fate?: (row: number) => RowsOutcome;
  readonly claim?: Claim;
  readonly barred?: Extract<Admission, { kind: 'barred' }>;
  readonly openRows?: IngestParts['read']['openRows'];
  readonly stop?: AbortSignal;
}

function rig({ stored = '1\n2\n3\n.\n', fate = () => ({ kind: 'accepted' }), stop = never, ...told }: Told = {}) {
  const journal: string[] = [];
  const note = (what: string) => void journal.push(what);
  const clock = new FakeClock();
  const unit = unitWith({
    open: async () => {
      if (stored instanceof Error) throw stored;
      return contentOf(stored);
    },
    ...told.unit,
  });
  const lease: Lease = {
    ...noLease(unit),
    accept: async ({ rows }) => note(`accept ${rows}`),
    fail: async ({ error }, { entry }) => note(`fail ${(error as { code?: string }).code} ${entry}`),
    keepProgress: async ({ accepted }) => {
      note(`progress ${accepted}`);
      return true;
    },
    strike: async () => note('strike'),
    release: async () => note('release'),
    ...told.lease,
  };
  const turn = {
    isValid: true,
    outSince: undefined,
    opened: () => note('opened'),
    failed: ({ code }: { code: string }) => note(`not opened ${code}`),
    end: () => note('turn ended'),
  };
  const parts: IngestParts = {
    readers: new Semaphore(2, 1_000_000),
    circuits: {
      admit: async () => told.barred ?? { kind: 'admitted', turn },
      open: ({ kind }) => note(`circuit of ${kind}`),
    },
    ledger: { claim: async () => told.claim ?? { kind: 'granted', lease } },
    leases: new Map(),
    read: {
      ...{ packer: onePacker(fate).packer, openRows: told.openRows ?? lineRows, settings: usualSettings },
      ...{ clock, random: () => 0.5 },
    },
    flush: () => note('flush'),
    begun: () => note('begun'),
    over: never,
  };
  const delivery = { evidence, receivedAt, lose: () => undefined };
  const onRead = () => note('read');
  const ingest = async (): Promise<UnitOutcome> => {
    const outcome = await clock.run(
      ingestUnit(unit, { delivery, until: stop, onBegin: () => undefined, onRead }, parts),
    );
    expect([parts.leases.size, journal.filter((what) => what === 'read').length]).toEqual([0, 1]);
    return outcome;
  };
  return { ingest, journal, unit };
}

/** The unit's outcome is a failure: `again` as far as it is known. */
function failed(code: ErrorCode, owner: string, again?: unknown) {
  return { kind: 'failed', failure: { owner, error: { code }, ...(again === undefined ? {} : { again }) } };
}

describe('ingestUnit', () => {
  it('answers that a unit is accepted once every row is, and has that recorded', async () => {
    const { ingest, journal, unit } = rig();
    expect(await ingest()).toMatchObject({
      ...{ kind: 'complete', complete: { kind: 'accepted', unit, rows: 3 }, foundEtag: '"e1"', isReingested: false },
      counts: { records: 3, written: 3, left: 0, rowsAgain: 0 },
    });
    // Here rows are accepted while the reading goes on, which is written down before.
    expect(journal).toEqual(['begun', 'opened', 'progress 0-3', 'turn ended', 'read', 'accept 3']);
  });

  it('answers that other content under an accepted name is accepted, and the same content suppressed', async () => {
    const other = { accepted: { identity: { etag: 'e0' }, rows: 9 } };
    expect(await rig({ lease: other }).ingest()).toMatchObject({ complete: { kind: 'accepted' }, isReingested: true });
    const same = { accepted: { identity: { etag: 'e1' }, rows: 3 } };
    for (const unit of [{ etag: 'e1' }, {}]) {
      const { ingest, journal } = rig({ lease: same, unit });
      expect(await ingest()).toMatchObject({ complete: { kind: 'suppressed' }, counts: { records: 0, written: 0 } });
      // Announced with its version it need not even be opened.
      expect(journal.includes('opened')).toBe(unit.etag === undefined);
    }
  });

  const because = { code: 'object-denied', message: 'denied', remedy: 'Allow it.' } as const;
  const name = { kind: 'bucket', bucket: 'trail', code: 'object-denied' } as const;
  const circuit = { name, because, openedAt: 3, nextProbeAt: 4, probes: 0 };
  it.each<[string, Told, object]>([
    ['held', { claim: { kind: 'held', until: 7 } }, failed('claim-held', 'nobody', { at: 7 })],
    ['barred', { barred: { kind: 'barred', circuit } }, failed('circuit-open', 'nobody', { bucketOutSince: 3 })],
    ['stopped', { stop: AbortSignal.abort(failure('slice-ended')) }, failed('slice-ended', 'nobody')],
  ])('reads nothing of a unit that is %s, and blames nobody', async (_what, told, outcome) => {
    const { ingest, journal } = rig(told);
    expect(await ingest()).toMatchObject(outcome);
    expect(journal.filter((what) => what !== 'turn ended' && what !== 'read')).toEqual([]);
  });

  it.each<[string, Told, ErrorCode, readonly string[]]>([
    ['is missing', { stored: failure('object-not-found') }, 'object-not-found', ['not opened object-not-found']],
    ['breaks off', { stored: '1\n!\n' }, 'json-invalid', ['opened', 'progress 0-1']],
    [
      'has a refused row',
      { fate: (row) => (row === 1 ? { kind: 'refused', error: failure('upload-refused') } : { kind: 'accepted' }) },
      'upload-refused',
      ['opened', 'progress 0-1,2-3'],
    ],
    [
      'meets a bug',
      {
        openRows: () => {
          throw new TypeError('a bug');
        },
      },
      'unforeseen',
      ['opened'],
    ],
  ])('blames a unit that %s, and has it kept with what announced it', async (_what, told, code, steps) => {
    const { ingest, journal, unit } = rig(told);
    expect(await ingest()).toMatchObject(failed(code, 'object'));
    expect(journal.filter((what) => !['begun', 'turn ended', 'read'].includes(what))).toEqual([
      ...steps,
      `fail ${code} entry-1`,
    ]);
    const outcome = await rig(told).ingest();
    expect(outcome.kind === 'failed' && outcome.failure.error.message).toContain(unit.title);
  });

  it.each<[string, Told, ErrorCode, readonly string[]]>([
    [
      'the credentials',
      { stored: failure('assume-role-denied') },
      'assume-role-denied',
      ['circuit of source', 'release'],
    ],
    [
      'a rule',
      { fate: () => ({ kind: 'failed', failure: failureOf(failure('upload-denied'), 'pipeline') }) },
      'upload-denied',
      ['release'],
    ],
  ])('gives the lease up, and blames no unit, when %s fails', async (_what, told, code, steps) => {
    const { ingest, journal } = rig(told);
    const outcome = await ingest();
    expect(outcome).toMatchObject(failed(code, 'pipeline'));
    expect(outcome.counts.left).toBe(outcome.counts.records);
    expect(journal.filter((what) => steps.includes(what) || what.startsWith('fail'))).toEqual(steps);
  });

  it('gives a unit up for good when it is damaged in the same way a second time, and no sooner', async () => {
    const stored = '1\n!\n';
    for (const [failedBefore, again] of [
      [undefined, undefined],
      ['gzip-invalid', undefined],
      ['json-invalid', 'never'],
    ] as const) {
      const outcome = await rig({ stored, lease: { failedBefore } }).ingest();
      expect(outcome.kind === 'failed' && outcome.failure.again).toBe(again);
    }
  });

  it('leaves the decision to another instance that has taken the unit over', async () => {
    expect(await rig({ lease: { isLost: true } }).ingest()).toMatchObject({
      kind: 'complete',
      counts: { rowsAgain: 3 },
    });
    const outcome = await rig({ stored: '1\n!\n', lease: { isLost: true } }).ingest();
    expect(outcome).toMatchObject(failed('claim-held', 'nobody', { at: receivedAt }));
  });

  it('tries a unit alone whose holder ended without a word, and sets it aside after two such ends', async () => {
    const tried = rig({ lease: { strikes: 1 } });
    expect(await tried.ingest()).toMatchObject({ complete: { kind: 'accepted' } });
    expect(tried.journal).toEqual([
      'begun',
      'strike',
      'opened',
      'progress 0-3',
      'flush',
      'accept 3',
      'turn ended',
      'read',
    ]);
    const { ingest, journal } = rig({ lease: { strikes: 2 } });
    expect(await ingest()).toMatchObject(failed('process-ended', 'object', 'never'));
    expect(journal).toEqual(['begun', 'fail process-ended entry-1', 'turn ended', 'read']);
  });
});
