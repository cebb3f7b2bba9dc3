import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { writeTrailFile } from '../../../local/trail/writeTrailFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'trail-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('writeTrailFile', () => {
  it('writes a log file of at least so many bytes, and of less than a record more', async () => {
    const path = join(folder, 'bytes.json.gz');
    const written = await writeTrailFile(path, { seed: 1, bytes: 3_000_000 });
    const text = gunzipSync(readFileSync(path)).toString();
    expect(Buffer.byteLength(text)).toBe(written.bytes);
    expect(written.bytes).toBeGreaterThanOrEqual(3_000_000);
    expect(written.bytes).toBeLessThan(3_020_000);
    expect(JSON.parse(text).Records).toHaveLength(written.records);
    expect(statSync(path).size).toBe(written.gzippedBytes);
  });

  it('writes a log file of exactly so many records', async () => {
    const path = join(folder, 'records.json.gz');
    const written = await writeTrailFile(path, { seed: 1, records: 700 });
    expect(written.records).toBe(700);
    expect(JSON.parse(gunzipSync(readFileSync(path)).toString()).Records).toHaveLength(700);
  });

  it('writes the same bytes for the same seed', async () => {
    const [one, other] = [join(folder, 'one.json.gz'), join(folder, 'other.json.gz')];
    await writeTrailFile(one, { seed: 'x', records: 50 });
    await writeTrailFile(other, { seed: 'x', records: 50 });
    expect(readFileSync(one)).toEqual(readFileSync(other));
  });
});
