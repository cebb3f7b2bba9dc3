import { describe, expect, it } from 'vitest';
import type { OpenCircuit } from '../../../../shared/pipeline/ports/circuits.ts';
import { judged } from '../../../../shared/pipeline/status/judge.ts';
import type { Observed } from '../../../../shared/pipeline/status/observed.ts';
import { hour, idle, minute, noon, observed, slice, statusAfter } from './support.ts';

const sourceCircuit: OpenCircuit = {
  name: { kind: 'source' },
  openedAt: noon - hour,
  because: { code: 'assume-role-denied', message: 'AWS refused the role.', remedy: 'Compare the external ID.' },
  nextProbeAt: noon + minute,
  probes: 3,
};
const bucketCircuit: OpenCircuit = {
  ...sourceCircuit,
  name: { kind: 'bucket', bucket: 'trail', code: 'object-kms-denied' },
  because: { code: 'object-kms-denied', message: 'The key refused.' },
};
const heldBack = [
  {
    ...{ circuit: 'bucket/trail/object-kms-denied', since: '2026-11-30T11:00:00Z', objects: 12 },
    ...{ code: 'object-kms-denied' as const, message: 'The key refused.' },
  },
];

const lately = (summary = slice()) => statusAfter([noon - 2 * hour, slice()], [noon - minute, summary]);

const { status: _, ...withoutStatus } = observed();

const cases: readonly [what: string, observed: Observed, colour: string, code: string, says: RegExp][] = [
  ['no slice ever ended', withoutStatus, 'red', 'never-ran', /ever ended/],
  [
    'the last slice ended too long ago',
    observed({ status: statusAfter([noon - 11 * minute, slice()]) }),
    'red',
    'heartbeat-stale',
    /11 minutes ago/,
  ],
  [
    'storage does not answer',
    { ...withoutStatus, unknown: { message: 'reading the table status failed' } },
    'red',
    'storage-unavailable',
    /not known/,
  ],
  [
    'storage is missing',
    { ...withoutStatus, unknown: { message: 'AzureWebJobsStorage is missing, and nothing is kept' } },
    'red',
    'storage-missing',
    /not known/,
  ],
  [
    'the source is held up',
    observed({ circuits: [sourceCircuit] }),
    'red',
    'assume-role-denied',
    /1 hour, everything of this source waits/,
  ],
  [
    'a bucket is held up',
    observed({ circuits: [bucketCircuit], status: lately(slice({ heldBack })) }),
    'amber',
    'object-kms-denied',
    /12 log files of bucket trail wait/,
  ],
  [
    'a bucket has been held up for a day',
    observed({ circuits: [{ ...bucketCircuit, openedAt: noon - 25 * hour }] }),
    'red',
    'object-kms-denied',
    /1 day/,
  ],
  [
    'the last slice broke down',
    observed({
      status: lately(idle({ ended: 'failed', failure: { code: 'bug', owner: 'pipeline', message: 'It broke.' } })),
    }),
    'red',
    'bug',
    /It broke/,
  ],
  ['counts differ', observed({ status: lately(slice({ identityHolds: false })) }), 'red', 'counts-differ', /differ/],
  [
    'messages are late',
    observed({ status: lately(slice({ oldestMessageMs: 20 * minute })) }),
    'amber',
    'messages-age',
    /20 minutes/,
  ],
  [
    'messages are very late',
    observed({ status: lately(slice({ oldestMessageMs: 2 * hour, ended: 'deadline', waiting: 9, inFlight: 4 })) }),
    'red',
    'messages-age',
    /2 hours.* 9 messages wait and 4 are held/,
  ],
  [
    'nothing has ever arrived',
    observed({ status: statusAfter([noon - hour, idle()], [noon - minute, idle()]) }),
    'red',
    'nothing-arrives',
    /59 minutes|1 hour/,
  ],
  [
    'nothing has arrived for hours',
    observed({ status: statusAfter([noon - 7 * hour, slice()], [noon - minute, idle()]) }),
    'amber',
    'nothing-arrives',
    /7 hours/,
  ],
  [
    'nothing has arrived for a day',
    observed({ status: statusAfter([noon - 25 * hour, slice()], [noon - minute, idle()]) }),
    'red',
    'nothing-arrives',
    /1 day/,
  ],
  [
    'a busy source falls silent',
    observed({
      status: statusAfter(
        ...Array.from({ length: 40 }, (_each, index) => [noon - 6 * hour + index * 5 * minute, slice()] as const),
        [noon - minute, idle()],
      ),
    }),
    'amber',
    'nothing-arrives',
    /2 hours/,
  ],
  [
    'something could not be delivered',
    observed({
      kept: {
        ...{ count: 2, isMore: false },
        latest: [{ id: 'production/1', reason: 'gzip-invalid', message: 'It is no gzip.', lastAt: noon }],
      },
    }),
    'amber',
    'failed-entries',
    /2 messages .*gzip-invalid, It is no gzip/,
  ],
  [
    'the ledger did not answer',
    observed({ status: lately(slice({ ledger: 'unavailable' })) }),
    'amber',
    'ledger-unavailable',
    /duplicates/,
  ],
  [
    'there is no ledger',
    observed({ status: lately(slice({ ledger: 'none' })) }),
    'amber',
    'ledger-missing',
    /no ledger/,
  ],
];

describe('the judgement about a source', () => {
  it('is green when all is well', () => {
    expect(judged(observed())).toMatchObject({ colour: 'green', reasons: [], credentials: { state: 'working' } });
  });

  it.each(cases)('when %s', (_what, given, colour, code, says) => {
    const health = judged(given);
    expect(health.colour).toBe(colour);
    expect(health.reasons.map((each) => each.code)).toContain(code);
    expect(health.reasons.find((each) => each.code === code)?.says).toMatch(says);
    for (const { remedy } of health.reasons) expect(remedy).not.toBe('');
  });

  it('puts what is red first, and says of one cause once', () => {
    const failure = { ...sourceCircuit.because, owner: 'pipeline' } as const;
    const status = lately(idle({ ended: 'circuit-open', receives: 0, failure, ledger: 'unavailable' }));
    const { reasons } = judged(observed({ status, circuits: [sourceCircuit] }));
    expect(reasons.map(({ code }) => code)).toEqual(['assume-role-denied', 'ledger-unavailable']);
  });

  it('names the circuit alone while the first slice is under way', () => {
    const { reasons } = judged({ ...withoutStatus, circuits: [sourceCircuit] });
    expect(reasons.map(({ code }) => code)).toEqual(['assume-role-denied']);
  });

  it('knows that credentials are refused, and knows nothing of them when the news is old', () => {
    expect(judged(observed({ circuits: [sourceCircuit] })).credentials).toEqual({
      state: 'refused',
      code: 'assume-role-denied',
    });
    expect(judged(observed({ status: statusAfter([noon - hour, slice()]) })).credentials).toEqual({ state: 'unknown' });
  });

  it('takes what the last slice told of circuits when they are not known', () => {
    const { circuits: __, ...given } = observed({ status: lately(slice({ heldBack })) });
    expect(judged(given).heldUp).toMatchObject([{ circuit: 'bucket/trail/object-kms-denied', since: noon - hour }]);
  });
});
