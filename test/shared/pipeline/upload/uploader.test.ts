import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SliceTimer } from '../../../../shared/pipeline/accounts/sliceTimer.ts';
import { Tally } from '../../../../shared/pipeline/accounts/tally.ts';
import { Balancer } from '../../../../shared/pipeline/upload/balancer.ts';
import type { Batch } from '../../../../shared/pipeline/upload/batch.ts';
import type { SettledRows } from '../../../../shared/pipeline/upload/outcome.ts';
import { Uploader } from '../../../../shared/pipeline/upload/uploader.ts';
import type { ErrorCode } from '../../../../shared/words/errors.ts';
import { type Answer, FakeClock, FakeDestination, failure } from '../fakes.ts';
import { batchOf } from './batches.ts';
import { circuitsOfRules } from './circuitsOfRules.ts';

function rig(
  rules: readonly ((rows: readonly string[], request: number) => Answer)[],
  { uploadAttempts = 3, most = 4 } = {},
) {
  const clock = new FakeClock();
  const destinations = rules.map((answer, index) =>
    Object.assign(new FakeDestination(`dcr-${index + 1}`, clock, []), { answer }),
  );
  const circuits = circuitsOfRules(destinations.map(({ rule }) => rule));
  const tally = new Tally();
  const stop = new AbortController();
  let timed = 0;
  const uploader = new Uploader({
    source: 'test',
    uploadAttempts,
    gzipLevel: 1,
    balancer: new Balancer({ destinations, mostPerRule: most, clock, circuits }),
    circuits,
    clock,
    random: () => 0.5,
    compress: async (bytes, level) => gzipSync(bytes, { level }),
    tally,
    lags: {
      add: (_ms, times = 1) => {
        timed += times;
      },
    },
    timer: new SliceTimer(clock),
    report: () => undefined,
    stop: stop.signal,
    abandon: new AbortController().signal,
  });
  const upload = async (batch: Batch): Promise<SettledRows[]> => {
    const all: SettledRows[] = [];
    await clock.run(
      (async () => {
        for await (const part of uploader.upload(batch)) all.push(part);
      })(),
    );
    return all.sort((one, other) => one.from - other.from);
  };
  return { circuits, clock, destinations, stop, tally, upload, timed: () => timed };
}

function rows(count: number, name = 'r'): string[] {
  return Array.from({ length: count }, (_, n) => `"${name}${n}"`);
}

/** `0-3 accepted, 3-4 refused`, neighbours of one fate together. */
function told(settled: readonly SettledRows[]): string {
  const runs: [number, number, string][] = [];
  for (const { from, rows: count, outcome } of settled) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === from && last[2] === outcome.kind) last[1] = from + count;
    else runs.push([from, from + count, outcome.kind]);
  }
  return runs.map(([from, to, kind]) => `${from}-${to} ${kind}`).join(', ');
}

function refusing(...bad: readonly string[]) {
  return (sent: readonly string[]) => (sent.some((row) => bad.includes(row)) ? failure('upload-refused') : undefined);
}

describe('Uploader', () => {
  it('answers that a batch is accepted', async () => {
    const { tally, upload } = rig([() => undefined]);
    expect(told(await upload(batchOf(rows(5))))).toBe('0-5 accepted');
    expect(tally).toMatchObject({
      uploads: 1,
      uploadAttempts: 1,
      rowsAccepted: 5,
      rowsInFlight: 0,
      uploadsInFlight: 0,
    });
  });

  it('names the rows that are refused while others are accepted', async () => {
    const { circuits, tally, timed, upload } = rig([refusing('"r2"', '"r11"')]);
    const settled = await upload(batchOf(rows(16)));
    expect(told(settled)).toBe('0-2 accepted, 2-3 refused, 3-11 accepted, 11-12 refused, 12-16 accepted');
    expect(circuits.opened).toEqual([]);
    expect(tally.rowsAccepted).toBe(14);
    // How long a row took is told of each that was accepted.
    expect(timed()).toBe(14);
  });

  it('halves what is too large, and refuses the single row that still is', async () => {
    const { upload } = rig([
      (sent) => (sent.length > 2 || sent.includes('"r5"') ? failure('upload-too-large') : undefined),
    ]);
    expect(told(await upload(batchOf(rows(9))))).toBe('0-5 accepted, 5-6 refused, 6-9 accepted');
  });

  it('sends again what nobody answered, counts its rows, and answers the last that is known', async () => {
    const { tally, upload } = rig([(_sent, request) => (request === 1 ? 'lost' : undefined)]);
    expect(told(await upload(batchOf(rows(4))))).toBe('0-4 accepted');
    expect(tally).toMatchObject({ uploadAttempts: 2, rowsOfUnknownOutcome: 4, rowsAccepted: 4 });
  });

  it.each([
    ['unknown', () => 'lost' as const],
    ['unknown', (_sent: readonly string[], request: number) => (request === 1 ? 'lost' : failure('upload-denied'))],
    ['failed', () => failure('upload-denied')],
  ])('answers %s when a batch is given up', async (kind, answer) => {
    const { circuits, upload } = rig([answer]);
    const settled = await upload(batchOf(rows(4)));
    expect(told(settled)).toBe(`0-4 ${kind}`);
    expect(settled[0]?.outcome).toMatchObject({ failure: { owner: 'pipeline' } });
    expect(circuits.opened).toEqual(['rule/dcr-1']);
  });

  it.each(['upload-denied', 'upload-not-found', 'upload-refused'] satisfies ErrorCode[])(
    'brings the batch to the other rule when one says %s to everything',
    async (code) => {
      const { circuits, destinations, upload } = rig([() => failure(code), () => undefined]);
      expect(told(await upload(batchOf(rows(8))))).toBe('0-8 accepted');
      expect(circuits.opened).toEqual(['rule/dcr-1']);
      expect(destinations[1]?.accepted).toHaveLength(8);
    },
  );

  it('blames the rule that refuses everything, and no row', async () => {
    const { circuits, upload } = rig([() => failure('upload-refused')]);
    const settled = await upload(batchOf(rows(8)));
    expect(told(settled)).toBe('0-8 failed');
    expect(settled.every(({ outcome }) => outcome.kind === 'failed' && outcome.failure.owner === 'pipeline')).toBe(
      true,
    );
    expect(circuits.opened).toEqual(['rule/dcr-1']);
  });

  describe('when a rule refuses all rows of a batch', () => {
    it('holds it against the rows once the rule accepts a row that it has accepted before', async () => {
      const bad = rows(3, 'bad');
      const { circuits, destinations, tally, upload } = rig([refusing(...bad)]);
      await upload(batchOf([...rows(3), '1']));
      expect(told(await upload(batchOf(bad)))).toBe('0-3 refused');
      expect(circuits.opened).toEqual([]);
      expect(destinations[0]?.accepted.filter((row) => row === '1')).toHaveLength(2);
      expect(tally).toMatchObject({ rowsAccepted: 4, rowsOfUnknownOutcome: 1 });
    });

    it('blames the rule when it refuses that row as well', async () => {
      let isWell = true;
      const { circuits, tally, upload } = rig([() => (isWell ? undefined : failure('upload-refused'))]);
      await upload(batchOf(rows(3)));
      isWell = false;
      expect(told(await upload(batchOf(rows(3))))).toBe('0-3 failed');
      expect(circuits.opened).toEqual(['rule/dcr-1']);
      expect(tally.rowsOfUnknownOutcome).toBe(0);
    });

    it('blames the rule when no row is known that it has accepted', async () => {
      const { circuits, upload } = rig([refusing('"bad0"')]);
      expect(told(await upload(batchOf(rows(1, 'bad'))))).toBe('0-1 failed');
      expect(circuits.opened).toEqual(['rule/dcr-1']);
    });

    it('asks for no more than two dozen answers before it blames the rule', async () => {
      const { destinations, upload } = rig([() => failure('upload-refused')]);
      await upload(batchOf(rows(1_000)));
      expect(destinations[0]?.requests.length).toBeLessThanOrEqual(24);
    });
  });

  it('delivers the good rows of a batch of which every second one is bad, by a single row that is accepted', async () => {
    const all = rows(64);
    const { circuits, destinations, upload } = rig([refusing(...all.filter((_, at) => at % 2 === 1))]);
    const settled = await upload(batchOf(all));
    expect(settled.filter(({ outcome }) => outcome.kind === 'accepted')).toHaveLength(32);
    expect(settled.filter(({ outcome }) => outcome.kind === 'refused')).toHaveLength(32);
    expect(circuits.opened).toEqual([]);
    expect(destinations[0]?.accepted).toHaveLength(32);
  });

  it('delivers nineteen objects beside one of a thousand bad rows, and takes that one apart no further than is useful', async () => {
    const good = Array.from({ length: 19 }, (_, n) => rows(20, `good${n}-`));
    const bad = rows(1_000, 'bad');
    const objects = [...good.slice(0, 9), bad, ...good.slice(9)];
    const starts = objects.map((_, at) => objects.slice(0, at).flat().length).slice(1);
    const { circuits, destinations, upload } = rig([refusing(...bad)]);
    const settled = await upload(batchOf(objects.flat(), starts));
    expect(told(settled)).toBe('0-180 accepted, 180-1180 refused, 1180-1380 accepted');
    expect(circuits.opened).toEqual([]);
    expect(destinations[0]?.requests.length).toBeLessThanOrEqual(310);
  });

  it('settles each row once, blames a bad row alone, and never a rule that accepts something, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
        async (objects) => {
          const isBad = objects.flat();
          const texts = rows(isBad.length);
          const starts = objects.map((_, at) => objects.slice(0, at).flat().length).slice(1);
          const { circuits, upload } = rig([refusing(...texts.filter((_, at) => isBad[at]))]);
          await upload(batchOf(['"known"']));
          const settled = await upload(batchOf(texts, starts));
          const kinds = settled.flatMap(({ outcome, rows: count }) =>
            Array.from({ length: count }, () => outcome.kind),
          );
          expect(kinds).toEqual(isBad.map((bad) => (bad ? 'refused' : 'accepted')));
          expect(circuits.opened).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives up for the reason of the stop, and makes no request after it', async () => {
    const { destinations, stop, upload } = rig([() => undefined]);
    stop.abort(failure('slice-ended'));
    const settled = await upload(batchOf(rows(4)));
    expect(settled).toMatchObject([{ outcome: { kind: 'failed', failure: { error: { code: 'slice-ended' } } } }]);
    expect(destinations[0]?.requests).toEqual([]);
  });
});
