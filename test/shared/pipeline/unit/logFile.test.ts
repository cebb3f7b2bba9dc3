import { describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../../shared/pipeline/ports/objects.ts';
import { logFile } from '../../../../shared/pipeline/unit/logFile.ts';

const day = 'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01';
const name = '111122223333_CloudTrail_eu-central-1_20261101T0705Z_aaaaaaaaaaaaaaaa.json.gz';

async function* noChunks(): AsyncGenerator<Uint8Array> {
  // The content does not matter here.
}

const store: ObjectStore = {
  open: async ({ key }) => ({ key, etag: `etag of ${key}`, sizeBytes: 7, chunks: noChunks(), close: () => undefined }),
};

describe('logFile', () => {
  it('is described by its key, and carries what was announced', () => {
    const unit = logFile({ bucket: 'trail', key: `${day}/${name}`, etag: 'e', sizeBytes: 7 }, store);
    expect(unit).toMatchObject({
      scope: 'trail',
      name: `${day}/${name}`,
      title: `s3://trail/${day}/${name}`,
      sourceObject: '20261101T0705Z_aaaaaaaaaaaaaaaa',
      deliveredAt: '2026-11-01T07:05:00Z',
      etag: 'e',
      sizeBytes: 7,
      places: 1,
    });
  });

  it('has what cannot be explained of the key that was found', async () => {
    const unit = logFile(
      { bucket: 'trail', key: `a+b/${day}/07/${name}`, alternativeKey: `a b/${day}/${name}` },
      store,
    );
    const never = new AbortController().signal;
    expect(unit.places).toBe(2);
    expect(await unit.open(0, never)).toMatchObject({
      strange: `a+b/${day}/07/`,
      etag: `etag of a+b/${day}/07/${name}`,
    });
    const second = await unit.open(1, never);
    expect(second).toMatchObject({ found: { deliveredAt: '2026-11-01T07:05:00Z' }, strange: undefined });
  });
});
