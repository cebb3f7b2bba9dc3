import { createDigestFiles } from './digestFile.ts';
import { type Account, estate } from './estate.ts';
import { eventCatalog } from './eventCatalog.ts';
import { createRandom, type Random } from './random.ts';
import { createTrailFile, type TrailFile, type TrailFileParts } from './trailFile.ts';

export interface TrailOptions {
  readonly seed: string | number;
  /** Log files; 20 when neither this nor `records` is given. */
  readonly files?: number;
  /** Records in all: with `files` spread evenly over them, alone as many files as it takes. */
  readonly records?: number;
  /** Milliseconds since the epoch. Records are at most an hour older, files delivered at most 50 minutes before. */
  readonly now: number;
  /** The trail's key prefix, before `AWSLogs/`. */
  readonly bucketPrefix?: string;
  /** Adds one digest file per account and region, which lists the log files; named in it is this bucket. */
  readonly digestsOf?: string;
}

/** The log files a made-up organisation's trail delivers within an hour; equal options give equal files, byte for byte. */
export function* generateTrail(options: TrailOptions): Generator<TrailFile> {
  const { records, now, bucketPrefix } = options;
  const random = createRandom(String(options.seed));
  const files = options.files ?? (records === undefined ? 20 : Number.POSITIVE_INFINITY);
  const made: TrailFile[] = [];
  let left = records ?? Number.POSITIVE_INFINITY;
  for (let index = 0; index < files && left > 0; index += 1) {
    const parts = drawFile(random.fork(`file/${index}`), now, index, bucketPrefix);
    const share = Number.isFinite(left) && Number.isFinite(files) ? Math.round(left / (files - index)) : parts.records;
    const file = createTrailFile({ ...parts, records: Math.min(share, left) });
    left -= file.records;
    if (options.digestsOf !== undefined) made.push(file);
    yield file;
  }
  if (options.digestsOf !== undefined)
    yield* createDigestFiles(made, { bucket: options.digestsOf, now, prefix: bucketPrefix });
}

function drawFile(random: Random, now: number, index: number, prefix: string | undefined): TrailFileParts {
  const account: Account = random.favour(estate.accounts);
  const region = random.favour(estate.regions);
  const minutes = 60_000;
  const deliveredAt = Math.floor((now - random.below(50 * minutes)) / minutes) * minutes;
  const common = { random, account, region, deliveredAt, prefix };
  if (index % 25 === 11) return { ...common, kind: 'CloudTrail-Insight', records: 1 + random.below(2) };
  if (index % 25 === 17) return { ...common, kind: 'CloudTrail-NetworkActivity', records: 1 + random.below(6) };
  return { ...common, kind: 'CloudTrail', records: drawRecords(random), opening: eventCatalog[index] };
}

/** Half of a quiet trail's files hold 5 records or fewer, one in a hundred more than 33, and now and then one holds thousands. */
function drawRecords(random: Random): number {
  if (random.chance(0.003)) return 1000 + random.below(4000);
  return Math.max(1, Math.round(Math.exp(Math.log(5) + 0.81 * random.normal())));
}
