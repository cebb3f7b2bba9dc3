import { estate } from '../../../local/trail/estate.ts';
import { generateTrail } from '../../../local/trail/generateTrail.ts';
import {
  type NotificationPlace,
  type NotificationShape,
  notificationFor,
  notificationShapes,
  s3TestEvent,
} from '../../../local/trail/notificationFor.ts';
import { createRandom, type Random } from '../../../local/trail/random.ts';
import { createTrailFile, type TrailFile } from '../../../local/trail/trailFile.ts';
import { describeObjectKey } from '../../../shared/cloudtrail/announcing/objectKey.ts';
import { emptied, openBody, type RowBody, rowAt } from '../../../shared/cloudtrail/rows/body.ts';
import { openByteRowStream } from '../../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import { feedEnd, feedPiece } from '../../../shared/cloudtrail/rows/feed.ts';
import { rowContent } from './rowContent.ts';

/** One log file and the rows it must become, in order. */
export interface KnownObject {
  readonly key: string;
  readonly gzip: Uint8Array;
  readonly rows: readonly KnownRow[];
}

export interface KnownRow {
  readonly eventId: string;
  /** What the row must say: see `rowContent`. */
  readonly content: string;
}

/** A small trail whose every record is known, and the messages that announce it. */
export interface KnownTrail {
  readonly objects: readonly KnownObject[];
  readonly messages: readonly string[];
  readonly records: number;
}

export interface KnownTrailOptions {
  readonly seed: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly place: { readonly bucket: string; readonly region: string };
  /** Log files of usual size. */
  readonly files: number;
  /** Records of each further file: so many that they take several bodies. */
  readonly large?: readonly number[];
  /** Most bytes of one request body. */
  readonly batchBytes: number;
}

/** Makes the trail of a seed: equal options give an equal trail. */
export function knownTrail(options: KnownTrailOptions): KnownTrail {
  const { seed, now, batchBytes, large = [] } = options;
  const random = createRandom(`faults/${seed}`);
  const files = [
    ...generateTrail({ seed: `faults/${seed}`, files: options.files, now }),
    ...large.map((records, index) => largeFile(random.fork(`large/${index}`), now, records)),
  ];
  const objects = shuffled(files, random).map((file) => knownObject(file, batchBytes));
  const messages = announce(shuffled(files, random), random, { ...options.place, at: now });
  return { objects, messages, records: objects.reduce((sum, { rows }) => sum + rows.length, 0) };
}

function largeFile(random: Random, now: number, records: number): TrailFile {
  const [account] = estate.accounts;
  const [region] = estate.regions;
  const deliveredAt = Math.floor(now / 60_000) * 60_000;
  return createTrailFile({ random, kind: 'CloudTrail', account, region, deliveredAt, records });
}

/**
 * The rows come from the product's own row engine in one piece, as nothing here is about the mapping; that each record
 * has its row, in place, is checked against the file itself.
 */
function knownObject(file: TrailFile, batchBytes: number): KnownObject {
  const json = file.json();
  const { deliveredAt, sourceObject } = describeObjectKey(file.key);
  const stream = openByteRowStream()({ sourceObject, fallbackTime: deliveredAt ?? '' });
  const texts: string[] = [];
  const body = openBody(batchBytes);
  const open = () => body;
  for (const _ of feedPiece(stream, json, open)) texts.push(...takenFrom(body));
  for (const _ of feedEnd(stream, open)) texts.push(...takenFrom(body));
  texts.push(...takenFrom(body));
  const { Records } = JSON.parse(Buffer.from(json).toString()) as { Records: readonly { eventID: string }[] };
  const rows = Records.map(({ eventID }, index) => {
    const text = texts[index] ?? '';
    if (!text.includes(JSON.stringify(eventID))) throw new Error(`row ${index} of ${file.key} is not of ${eventID}`);
    return { eventId: eventID, content: rowContent(text) };
  });
  if (rows.length !== texts.length) throw new Error(`${file.key} has ${rows.length} records and ${texts.length} rows`);
  return { key: file.key, gzip: file.gzip(), rows };
}

/** The text of every row, without the comma after it; the body is empty then. */
function takenFrom(body: RowBody): string[] {
  const texts = Array.from({ length: body.rows }, (_, row) => Buffer.from(rowAt(body, row)).toString().slice(0, -1));
  emptied(body);
  return texts;
}

/** One file or several, told of in one message. */
interface Announcement {
  readonly files: readonly TrailFile[];
  readonly shape: NotificationShape;
  /** Its place in the order of all. */
  readonly turn: number;
}

/** How many of the files are announced a second time, and how many of those a third. */
const againShare = 1 / 3;

/**
 * Every shape a notification can have; those that may tell of several files sometimes do. A trail that notifies an SNS
 * topic beside the bucket's own notifications announces a file twice, so some are announced again in another shape.
 */
function announce(files: readonly TrailFile[], random: Random, place: NotificationPlace): readonly string[] {
  const announcements: Announcement[] = [];
  for (let from = 0; from < files.length; ) {
    const shape = random.pick(notificationShapes);
    const count = shape.startsWith('eventbridge') || random.chance(0.8) ? 1 : 2 + random.below(2);
    announcements.push({ files: files.slice(from, from + count), shape, turn: from });
    from += count;
  }
  const again = announcements.flatMap((first) =>
    first.files.flatMap((file) => announceAgain(file, first, random, files)),
  );
  const messages = [...announcements, ...again]
    .sort((one, other) => one.turn - other.turn)
    .map((each) => notificationFor(each.files, each.shape, place));
  return [s3TestEvent(place), ...messages];
}

/** A second time at once, while the file is being read, or any time later; some a third time. */
function announceAgain(
  file: TrailFile,
  first: Announcement,
  random: Random,
  { length }: readonly TrailFile[],
): readonly Announcement[] {
  const again: Announcement[] = [];
  const shapes = shuffled(
    notificationShapes.filter((shape) => shape !== first.shape),
    random,
  );
  for (const shape of shapes) {
    if (again.length === 2 || !random.chance(againShare)) break;
    const most = random.chance(0.5) ? 1 : length - first.turn;
    again.push({ files: [file], shape, turn: first.turn + random.next() * most });
  }
  return again;
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
