import { describe, expect, it } from 'vitest';
import { createReader, findPlain } from '../../../shared/settings/reader.ts';
import { defaultTuning, readTuning } from '../../../shared/settings/tuning.ts';

function read(environment: Record<string, string>) {
  const problems = new Set<string>();
  const tuning = readTuning(
    createReader((name) => findPlain(environment, name), problems),
    problems,
  );
  return { tuning, problems: [...problems] };
}

describe('readTuning', () => {
  it('takes the table’s defaults, in the units of a drain', () => {
    expect(read({})).toEqual({ tuning: defaultTuning, problems: [] });
    expect(defaultTuning).toMatchObject({
      sliceMs: 240_000,
      heartbeatMs: 60_000,
      visibilitySeconds: 180,
      lingerMs: 1_000,
    });
  });

  it('takes what is set', () => {
    expect(read({ SLICE_SECONDS: '2.5', STOP_RECEIVING_SECONDS: '1', GZIP_LEVEL: '9' }).tuning).toEqual({
      ...defaultTuning,
      sliceMs: 2_500,
      stopReceivingMs: 1_000,
      gzipLevel: 9,
    });
  });

  it('names both of two settings that contradict each other', () => {
    expect(read({ SLICE_SECONDS: '20' }).problems).toEqual([
      'SLICE_SECONDS must be more than STOP_RECEIVING_SECONDS; got "20" and "25"',
    ]);
  });
});
