import { gzipSync } from 'node:zlib';
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

/** Circuits that remember what opened. */
function fakeCircuits(rules: readonly string[]) {
  const opened: string[] = [];
  const listeners = new Set<() => void>();
  return {
    opened,
    isOpen: (name: string) => opened.includes(name),
    isOnTrial: () => false,
    succeeded: () => undefined,
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: (name: string) => {
      if (!opened.includes(name)) opened.push(name);
      for (const listener of listeners) listener();
    },
    get blocking() {
      const isOut = rules.every((rule) => opened.includes(`rule/${rule}`));
      return isOut
        ? { name: 'source' as const, openedAt: 0, because: { code: '', message: '' }, nextProbeAt: 0, probes: 0 }
        : undefined;
    },
  };
}

function rig(
  rules: readonly ((rows: readonly string[], request: number) => Answer)[],
  { uploadAttempts = 3, most = 4 } = {},
) {
  const clock = new FakeClock();
  const destinations = rules.map((answer, index) =>
    Object.assign(new FakeDestination(`dcr-${index + 1}`, clock, []), { answer }),
  );
  const circuits = fakeCircuits(destinations.map(({ rule }) => rule));
  const tally = new Tally();
  const stop = new AbortController();
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
  return { circuits, clock, destinations, stop, tally, upload };
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
    const { circuits, tally, upload } = rig([refusing('"r2"', '"r11"')]);
    const settled = await upload(batchOf(rows(16)));
    expect(told(settled)).toBe('0-2 accepted, 2-3 refused, 3-11 accepted, 11-12 refused, 12-16 accepted');
    expect(circuits.opened).toEqual([]);
    expect(tally.rowsAccepted).toBe(14);
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

  it('gives up for the reason of the stop, and makes no request after it', async () => {
    const { destinations, stop, upload } = rig([() => undefined]);
    stop.abort(failure('slice-ended'));
    const settled = await upload(batchOf(rows(4)));
    expect(settled).toMatchObject([{ outcome: { kind: 'failed', failure: { error: { code: 'slice-ended' } } } }]);
    expect(destinations[0]?.requests).toEqual([]);
  });
});
