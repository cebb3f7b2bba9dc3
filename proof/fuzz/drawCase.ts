import { generateTrail } from '../../local/trail/generateTrail.ts';
import { createRandom, type Random } from '../../local/trail/random.ts';
import { openByteRowStream } from '../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { caseBounds, type FuzzCase } from './fuzzCase.ts';
import { copyTree, renderTree, type Tree, treeOf } from './jsonTree.ts';
import { mutateBytes } from './mutateBytes.ts';
import { mutateTree } from './mutateTree.ts';
import { lengthNear } from './oddValues.ts';
import { readLog } from './readLog.ts';

const largestLimit = 1_000_000;

/** A row shortened to nothing but the names of what was cut still fits. */
const leastLimit = 2500;

/** Log files to start from: small ones, that between them hold every kind of record. */
export function seedTrees(seed: string): readonly Tree[] {
  const now = Date.UTC(2026, 10, 1);
  return [...generateTrail({ seed, files: 120, records: 300, now })].map((file) =>
    treeOf(Buffer.from(file.json()).toString()),
  );
}

/** The case of one number: a log file changed in structure, in spelling, in bytes, or in all, and a way to feed it. */
export function drawCase(seed: string, number: number, seeds: readonly Tree[], corpus: readonly FuzzCase[]): FuzzCase {
  const random = createRandom(`${seed}/${number}`);
  const isFromCorpus = corpus.length > 0 && random.chance(0.1);
  const log = isFromCorpus ? mutateBytes(Buffer.from(random.pick(corpus).log), random) : drawLog(random, seeds);
  const bounds = random.chance(0.75) ? 'usual' : 'tight';
  const limit = drawLimit(random, log, bounds);
  return { log, pieces: drawPieces(random), limit, bounds, keeps: random.chance(0.1) ? 'even' : undefined };
}

/** Usual, small, or such that all rows just fit or that their last byte does not. */
function drawLimit(random: Random, log: Uint8Array, bounds: FuzzCase['bounds']): number {
  const draw = random.below(10);
  if (draw < 3) return largestLimit;
  if (draw < 7) return leastLimit + random.below(random.pick([100, 3000, 20_000]));
  const whole: FuzzCase = { log, pieces: [log.length], limit: largestLimit, bounds };
  const bytes = readLog(openByteRowStream(caseBounds[bounds]), whole).bodies[0]?.bytes ?? 0;
  return Math.max(bytes - random.below(2), leastLimit);
}

function drawLog(random: Random, seeds: readonly Tree[]): Buffer {
  const log = copyTree(random.pick(seeds));
  if (random.chance(0.7)) mutateTree(log, random);
  let bytes: Buffer = Buffer.from(renderTree(log, drawBlanks(random)));
  if (random.chance(0.05)) bytes = Buffer.concat([bytes, Buffer.from(random.pick(['', '\n', '\ufeff'])), bytes]);
  if (random.chance(0.03)) bytes = Buffer.concat([Buffer.from('\ufeff'), bytes]);
  return random.chance(0.4) ? mutateBytes(bytes, random) : bytes;
}

/** CloudTrail writes no white space; others who rewrite its files do. */
function drawBlanks(random: Random): () => string {
  const draw = random.below(10);
  if (draw < 7) return () => '';
  if (draw < 8) return () => '\n';
  return () => (random.chance(0.8) ? '' : random.pick([' ', '\t', '\r\n', '                    ', '\n  ']));
}

function drawPieces(random: Random): number[] {
  switch (random.below(5)) {
    case 0:
      return [1 << 20];
    case 1:
      return [lengthNear(random, [1, 16, 64, 1000])].map((length) => Math.max(length, 1));
    case 2:
      return Array.from({ length: 30 }, () => 1 + random.below(random.pick([3, 40, 2000])));
    case 3:
      return [1 + random.below(3000), 1 << 20];
    default:
      return Array.from({ length: 8 }, () => 1 + random.below(4000));
  }
}
