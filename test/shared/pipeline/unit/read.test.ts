import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import type { Lease } from '../../../../shared/pipeline/ports/lease.ts';
import type { UnitContent } from '../../../../shared/pipeline/ports/unit.ts';
import { openUnit, type ReadAnswer, readUnit, type UnitToRead } from '../../../../shared/pipeline/unit/read.ts';
import { Reading } from '../../../../shared/pipeline/unit/reading.ts';
import { FakeClock, failure, lineRows, logFile, usualSettings } from '../fakes.ts';
import { onePacker } from './onePacker.ts';
import { chunksOf, contentOf, unitWith } from './support.ts';

const never = new AbortController().signal;

/** Each request to open the unit is answered by the next of these. */
function rig(
  answers: readonly (UnitContent | Error)[],
  { accepted, progress, admission }: Partial<Pick<Lease, 'accepted' | 'progress'> & Pick<UnitToRead, 'admission'>> = {},
) {
  const clock = new FakeClock();
  const told: string[] = [];
  const left = [...answers];
  const unit = unitWith({
    open: async () => {
      const answer = left.shift() ?? failure('object-refused');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const { packer, rows } = onePacker();
  const reading = new Reading();
  const parts = {
    ...{ packer, openRows: lineRows, settings: usualSettings, clock, random: () => 0.5 },
    opened: () => void told.push('opened'),
    notOpened: (error: unknown) => void told.push((error as { code: string }).code),
  };
  const toRead: UnitToRead = {
    ...{ unit, reading, lease: { accepted, progress } },
    admission: admission ?? { resize: () => true, wait: async () => undefined },
  };
  const read = (signal = never): Promise<ReadAnswer> => clock.run(readUnit(toRead, parts, signal));
  return { read, reading, rows, told };
}

const bytes = logFile(['1', '2', '3']);
const sha256 = createHash('sha256').update(bytes).digest('base64url');

describe('readUnit', () => {
  it('packs every row, and answers what the content is', async () => {
    const { read, reading, rows, told } = rig([contentOf(bytes)]);
    expect(await read()).toMatchObject({ kind: 'read', identity: { etag: 'e1', sha256, length: 8 }, oddities: [] });
    expect([rows(), told]).toEqual([['1', '2', '3'], ['opened']]);
    expect(reading).toMatchObject({ records: 3, written: 3, bytesRead: bytes.length, bytesInflated: 8, etag: '"e1"' });
  });

  it('goes on after the rows that are packed when the connection breaks', async () => {
    const cut = chunksOf(Buffer.from('1\n2\n'), failure('object-cut'));
    const { read, reading, rows } = rig([contentOf('', { chunks: cut }), contentOf('1\n2\n3\n.\n')]);
    expect(await read()).toMatchObject({ kind: 'read' });
    expect(rows()).toEqual(['1', '2', '3']);
    expect(reading).toMatchObject({ records: 5, suppressed: 2, written: 3 });
  });

  it('puts no rows of two contents together: it fails when another is found after a break', async () => {
    const cut = chunksOf(Buffer.from('1\n'), failure('object-cut'));
    const { read, rows } = rig([contentOf('', { chunks: cut }), contentOf('7\n.\n', { etag: '"e2"' })]);
    await expect(read()).rejects.toMatchObject({ code: 'object-replaced', belongsTo: 'object' });
    expect(rows()).toEqual(['1']);
  });

  it.each<[string, string, Lease['accepted'], ReadAnswer]>([
    ['version', '"e1"', { identity: { etag: 'e1' }, rows: 3 }, { kind: 'same', isRewritten: false }],
    ['bytes', '"e2"', { identity: { etag: 'e1', sha256 }, rows: 3 }, { kind: 'same', isRewritten: true }],
  ])('packs nothing of what was accepted before, known by its %s', async (_what, etag, accepted, answer) => {
    const { read, rows } = rig([contentOf(bytes, { etag })], { accepted });
    expect(await read()).toEqual(answer);
    expect(rows()).toEqual([]);
  });

  it.each<[string, { etag?: string; selectors?: string }, readonly string[]]>([
    ['leaves out', {}, ['3']],
    ['packs under another version', { etag: 'e0' }, ['1', '2', '3']],
    ['packs under other selectors', { selectors: 'x' }, ['1', '2', '3']],
  ])('%s what an earlier holder had accepted', async (_what, { etag = 'e1', selectors = '' }, packed) => {
    const progress = { accepted: RowRanges.first(2), identity: { etag }, selectors };
    const { read, reading, rows } = rig([contentOf(bytes)], { progress });
    await read();
    expect([rows(), reading.suppressed]).toEqual([packed, 3 - packed.length]);
  });

  it('lets go of content that is larger than announced until there is room, and opens it again', async () => {
    const waited: number[] = [];
    const admission: UnitToRead['admission'] = {
      resize: () => waited.length > 0,
      wait: async (size) => void waited.push(size),
    };
    const content = () => contentOf(bytes, { sizeBytes: 9_000 });
    const { read, rows, told } = rig([content(), content()], { admission });
    expect(await read()).toMatchObject({ kind: 'read' });
    expect([waited, told, rows().length]).toEqual([[9_000], ['opened', 'opened'], 3]);
  });

  it('tells of each request that could not open it, and throws the failure of the last', async () => {
    const { read, told } = rig([failure('object-store-unavailable'), failure('object-denied')]);
    await expect(read()).rejects.toMatchObject({ code: 'object-denied' });
    expect(told).toEqual(['object-store-unavailable', 'object-denied']);
  });

  it('opens nothing, and accuses nobody, once it is stopped', async () => {
    const ended = failure('slice-ended');
    const { read, told } = rig([contentOf(bytes)]);
    await expect(read(AbortSignal.abort(ended))).rejects.toBe(ended);
    expect(told).toEqual([]);
  });
});

describe('openUnit', () => {
  it.each([
    ['the first is missing', ['object-not-found', undefined], 'found in 1'],
    ['both are missing', ['object-denied', 'object-not-found'], 'object-denied'],
    ['the first cannot be asked', ['object-store-throttled', undefined], 'object-store-throttled'],
    ['the second cannot be asked', ['object-not-found', 'object-archived'], 'object-archived'],
  ] as const)('answers of two places, when %s', async (_what, places, outcome) => {
    const open = async (place: number) => {
      const code = places[place];
      if (code !== undefined) throw failure(code);
      return contentOf('', { etag: `found in ${place}` });
    };
    const opened = openUnit({ places: 2, open }, never).then(
      ({ etag }) => etag,
      ({ code }) => code,
    );
    expect(await opened).toBe(outcome);
  });
});
