import { gzipSync } from 'node:zlib';
import type { EventKind } from './apiCall.ts';
import type { Account } from './estate.ts';
import { drawEventKind, withRarities } from './eventCatalog.ts';
import { insightRecord, networkActivityRecord } from './events/otherRecords.ts';
import type { JsonObject } from './json.ts';
import type { Random } from './random.ts';
import { createScene, type Scene } from './scene.ts';
import { type TrailFileKind, trailKey } from './trailKey.ts';

/** One object of a trail's bucket. Its content is made when asked for, the same every time. */
export interface TrailFile {
  readonly key: string;
  readonly kind: TrailFileKind;
  readonly accountId: string;
  readonly region: string;
  /** Milliseconds since the epoch, a full minute. */
  readonly deliveredAt: number;
  /** 0 for a digest file. */
  readonly records: number;
  json(): Uint8Array;
  gzip(): Uint8Array;
}

export interface TrailFileParts {
  readonly random: Random;
  readonly kind: Exclude<TrailFileKind, 'CloudTrail-Digest'>;
  readonly account: Account;
  readonly region: string;
  readonly deliveredAt: number;
  readonly records: number;
  readonly prefix?: string | undefined;
  /** The kind of the first record, so that a few dozen files show every kind. */
  readonly opening?: EventKind | undefined;
}

/** Describes one log file. */
export function createTrailFile(parts: TrailFileParts): TrailFile {
  const { random, kind, account, region, deliveredAt, records, prefix } = parts;
  const unique = random.fork('name').text(nameAlphabet, 16);
  return trailFile(
    {
      key: trailKey({ kind, account, region, deliveredAt, unique, prefix }),
      kind,
      accountId: account.id,
      region,
      deliveredAt,
      records,
    },
    () => Buffer.from(`{"Records":[${Array.from(recordTexts(parts, records)).join(',')}]}`),
  );
}

/** A file of given content. */
export function trailFile(about: Omit<TrailFile, 'json' | 'gzip'>, json: () => Uint8Array): TrailFile {
  return { ...about, json, gzip: () => gzipSync(json()) };
}

/** The JSON text of one record after the other; the sequence depends on the file's seed alone. */
export function* recordTexts(parts: Omit<TrailFileParts, 'records' | 'prefix'>, records: number): Generator<string> {
  const { account, region, deliveredAt } = parts;
  const random = parts.random.fork('records');
  const scene = createScene(random, {
    account,
    region,
    from: deliveredAt - 8 * 60_000,
    to: deliveredAt - 60_000,
  });
  const next = recordMaker(scene, parts.kind, parts.opening);
  for (let i = 0; i < records; i += 1) yield JSON.stringify(next());
}

function recordMaker(scene: Scene, kind: TrailFileParts['kind'], opening: EventKind | undefined): () => JsonObject {
  if (kind === 'CloudTrail-Insight') return () => insightRecord(scene);
  if (kind === 'CloudTrail-NetworkActivity') return () => networkActivityRecord(scene);
  let current = opening;
  return () => {
    const eventKind = current ?? drawEventKind(scene.random);
    // The same call comes in bursts.
    current = scene.random.chance(0.5) ? eventKind : undefined;
    return withRarities(scene, eventKind.build(scene));
  };
}

/** Of the characters that make a log file's name unique. */
export const nameAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
