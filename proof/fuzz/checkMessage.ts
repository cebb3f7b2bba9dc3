import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateTrail } from '../../local/trail/generateTrail.ts';
import { notificationFor, notificationShapes } from '../../local/trail/notificationFor.ts';
import { createRandom } from '../../local/trail/random.ts';
import { parseNotification } from '../../shared/cloudtrail/announcing/notification.ts';
import { describeObjectKey } from '../../shared/cloudtrail/announcing/objectKey.ts';
import { maxObjects } from '../../shared/cloudtrail/announcing/reading.ts';
import { copyTree, renderTree, treeOf } from './jsonTree.ts';
import { mutateBytes } from './mutateBytes.ts';
import { mutateTree } from './mutateTree.ts';

/** Queue messages to start from: every shape that is told of, and every one that is known and refused. */
export function seedMessages(): readonly string[] {
  const place = { bucket: 'trail-bucket', region: 'eu-west-1', at: Date.UTC(2026, 10, 1) };
  const files = generateTrail({ seed: 'messages', files: 3, now: place.at });
  const made = [...files].flatMap((file) => notificationShapes.map((shape) => notificationFor(file, shape, place)));
  const folder = join(import.meta.dirname, '../../test/fixtures/notifications');
  return [...made, ...readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))];
}

/** The message of one number: one of the seeds, changed. */
export function drawMessage(seed: string, number: number, seeds: readonly string[]): string {
  const random = createRandom(`${seed}/message/${number}`);
  const text = random.pick(seeds);
  let bytes: Buffer = Buffer.from(text);
  if (random.chance(0.6) && text.startsWith('{')) {
    const tree = copyTree(treeOf(text));
    mutateTree(tree, random);
    bytes = Buffer.from(renderTree(tree, () => ''));
  }
  return (random.chance(0.5) ? mutateBytes(bytes, random) : bytes).toString();
}

/** Says what is wrong with the reading of a message: it must answer what it understood, and never throw. */
export function checkMessage(text: string): string | undefined {
  try {
    const { objects, faults, nothing } = parseNotification(text);
    const isOdd = objects.some(
      ({ bucket, key }) => typeof bucket !== 'string' || bucket === '' || typeof key !== 'string' || key === '',
    );
    if (objects.length > maxObjects || isOdd) return `answers ${JSON.stringify(objects).slice(0, 200)}`;
    if (objects.length + faults.length + nothing.length === 0) return 'answers nothing at all';
    const foreign = faults.find(({ belongsTo, message }) => belongsTo !== 'message' || message.length > 2000);
    if (foreign !== undefined) return `answers ${String(foreign).slice(0, 500)}`;
    for (const { key } of objects) describeObjectKey(key);
    return undefined;
  } catch (error) {
    return `throws ${error}`;
  }
}
