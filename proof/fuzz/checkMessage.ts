import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateTrail } from '../../local/trail/generateTrail.ts';
import { notificationFor, notificationShapes } from '../../local/trail/notificationFor.ts';
import { createRandom } from '../../local/trail/random.ts';
import { maxBodyCharacters, parseNotification } from '../../shared/cloudtrail/announcing/notification.ts';
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
  const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return [...made, ...kept, ...otherShapes(made[0] ?? '')];
}

/** The routes that nobody documents, with one message in each. */
function otherShapes(message: string): string[] {
  const base64 = Buffer.from(message).toString('base64');
  const [bucket, key] = ['trail-bucket', 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/01/07/x.json.gz'];
  const shapes = [
    { Records: [{ eventSource: 'aws:sqs', body: message }] },
    { Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification', Message: message } }] },
    { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: base64 } }] },
    { version: '1.0', requestContext: {}, requestPayload: JSON.parse(message), responsePayload: {} },
    {
      version: '0',
      bucket: { name: bucket },
      object: { key, size: 1, etag: 'e', 'version-id': 'v' },
      reason: 'PutObject',
    },
    { bucketName: bucket, object_key: key },
    { invocationSchemaVersion: '1.0', tasks: [{ s3Key: key, s3BucketArn: `arn:aws:s3:::${bucket}` }] },
    ['software.amazon.payloadoffloading.PayloadS3Pointer', { s3BucketName: bucket, s3Key: 'x' }],
    { awslogs: { data: base64 } },
    { messageType: 'ConfigurationItemChangeNotification' },
    [JSON.parse(message), { bucket, key }],
    message,
  ];
  return [...shapes.map((shape) => JSON.stringify(shape)), base64, `${message}\n${message}`];
}

/** The message of one number: one of the seeds, changed. */
export function drawMessage(seed: string, number: number, seeds: readonly string[]): string {
  const random = createRandom(`${seed}/message/${number}`);
  const text = random.pick(seeds);
  let bytes: Buffer = Buffer.from(text);
  if (random.chance(0.6) && text.startsWith('{') && !text.includes('\n{')) {
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
    return checkNeighbours(text);
  } catch (error) {
    return `throws ${error}`;
  }
}

/** Whatever stands between them: good records are read. */
function checkNeighbours(text: string): string | undefined {
  const good = ['first', 'last'].map((key) => ({ s3: { bucket: { name: 'good' }, object: { key } } }));
  const body = JSON.stringify({ Records: [good[0], text, { body: text }, good[1]] });
  if (body.length > maxBodyCharacters) return undefined;
  const { objects } = parseNotification(body);
  const found = objects.filter(({ bucket }) => bucket === 'good').map(({ key }) => key);
  return found.join() === 'first,last' || objects.length === maxObjects
    ? undefined
    : `loses neighbours: ${found.join()}`;
}
