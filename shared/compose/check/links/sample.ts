import type { AnnouncedUnit, Announcement } from '../../../pipeline/ports/source.ts';
import { durationText } from '../../../pipeline/status/duration.ts';
import { tooLateMs } from '../../../pipeline/status/rules/queue.ts';
import type { QueueMessage } from '../../../words/announcement.ts';
import type { Clock } from '../../../words/clock.ts';
import { type Finding, failure, failureFrom, type Link, notVerifiable, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';
import { fewestReceives } from './queue.ts';

/** Should the giving back fail, others wait no longer than this. */
const lookSeconds = 30;
/** A message with fewer receives left is the app's: what it cannot read in time goes to the dead-letter queue. */
const sparedReceives = 2;
/** A message is held for 12 hours at most, so one that failed before was seen again, or is gone. */
const heldForMs = 13 * 3_600_000;

export interface SampleParts {
  readonly clock: Pick<Clock, 'now'>;
  /** False where whoever asks has not said that a receive may be used up. */
  readonly isWanted: boolean;
}

/** One message is looked at and given back at once; none is ever deleted here. */
export function sampleLink(look: SourceLook, { clock, isWanted }: SampleParts): Link {
  const { name, parts, found } = look;
  return {
    name: name('queue: messages'),
    needs: [name('target role'), name('queue')],
    run: async (signal) => {
      if (!isWanted) return notAsked;
      const spared = await reasonToSpare(look, clock);
      if (spared !== undefined) return spared;
      const { queue, announcementIn } = parts();
      const messages = await queue.receive({ maxMessages: 1, waitSeconds: 1, visibilitySeconds: lookSeconds }, signal);
      const outcomes = await queue.changeVisibility(messages, 0);
      const [message] = messages;
      if (message === undefined) return noneReceived(found.attributes?.visible ?? 0);
      const announced = announcementIn(message.body);
      const logFile = announced.units.find(({ fate }) => fate === 'ingest');
      if (logFile !== undefined) found.logFile = logFile.unit;
      if (outcomes.some(({ refused }) => refused !== undefined)) return notGivenBack;
      return judge(announced, message, clock, found.attributes?.redrive?.mostReceives);
    },
  };
}

const notAsked = notVerifiable(
  'sample-not-asked',
  'no message is looked at, since that uses up one receive of it',
  'Ask for it: add ?sample=1 to the address of the function, or leave out --no-sample.',
);

/** A receive counts for the message whoever makes it, and a message that has none left is moved away. */
async function reasonToSpare(
  { settings, found, failed }: SourceLook,
  clock: Pick<Clock, 'now'>,
): Promise<Finding | undefined> {
  const most = found.attributes?.redrive?.mostReceives;
  if (most === undefined) return undefined;
  const detail = `no message is looked at: after ${most} receives it goes to the dead-letter queue`;
  if (most < fewestReceives) {
    return warning('sample-not-taken', detail, 'Set maxReceiveCount to 10 in the redrive policy of the queue.');
  }
  // Storage has links of its own.
  const spent = await nearlySpent(settings.name, most, failed, clock).catch(() => undefined);
  return spent === undefined
    ? undefined
    : warning(
        'sample-not-taken',
        `${detail}, and one that comes back was received ${spent} times already`,
        'See what fails with: npm run replay -- --list, mend it, and check again.',
      );
}

/** How often a message was received that has not arrived, and that one more receive would bring too near to its last. */
async function nearlySpent(
  source: string,
  most: number,
  failed: SourceLook['failed'],
  clock: Pick<Clock, 'now'>,
): Promise<number | undefined> {
  if (failed === undefined) return undefined;
  for await (const { messageId, receiveCount = 0, lastAt } of failed.listFailed({ source })) {
    const mayComeBack = messageId !== undefined && lastAt > clock.now() - heldForMs;
    if (mayComeBack && receiveCount + 1 >= most - sparedReceives) return receiveCount;
  }
  return undefined;
}

function noneReceived(visible: number): Finding {
  return visible === 0
    ? ok('none waits now')
    : warning(
        'messages-not-received',
        'messages wait, and none was received just now',
        'Check again; if it stays so, find who else receives from this queue.',
      );
}

const notGivenBack = warning(
  'not-given-back',
  `the message could not be given back at once; it comes back within ${lookSeconds} seconds`,
  'Check again in a minute.',
);

function judge(
  { units, faults: ownFaults, nothing }: Announcement,
  { sentAt, receiveCount }: QueueMessage,
  clock: Pick<Clock, 'now'>,
  most: number | undefined,
): Finding {
  const waited = Math.max(0, clock.now() - sentAt);
  const [fault] = [...ownFaults, ...units.flatMap(errorOf)];
  const wanted = units.filter(({ fate }) => fate === 'ingest').length;
  if (fault !== undefined) {
    const finding = failureFrom(fault);
    return wanted === 0
      ? finding
      : { ...finding, status: 'warning', detail: `beside log files that are understood: ${finding.detail}` };
  }
  const [skipped] = units.filter((unit) => unit.fate === 'skip');
  if (wanted === 0 && skipped !== undefined) {
    return failure(
      'no-log-files-announced',
      `the message looked at announces no log file, but ${skipped.reason}: ${skipped.unit.title}`,
      'Limit the notification to the prefix under which the trail writes log files, ending in AWSLogs/, and to the suffix .json.gz.',
    );
  }
  if (most !== undefined && receiveCount >= most - sparedReceives) {
    return warning(
      'message-nearly-spent',
      `the message looked at was received ${receiveCount} times, and goes to the dead-letter queue after ${most}: it fails again and again`,
      'See why with: npm run replay -- --list. Look again only when the cause is mended: each look is a receive.',
    );
  }
  // SQS has no attribute for the age of the oldest; any message that waits is a witness.
  if (waited > tooLateMs) {
    return warning(
      'messages-late',
      `the message looked at was sent ${durationText(waited)} ago, and the oldest may be older: SQS itself does not tell`,
      'Look at the health page: the app does not keep up, does not run, or holds back what fails. The metric ApproximateAgeOfOldestMessage in CloudWatch tells the age of the oldest.',
    );
  }
  const what = wanted > 0 ? `announces ${wanted} log files` : nothing.join('; ');
  return ok(
    `one looked at and given back: ${what}; it was sent ${Math.round(waited / 60_000)} minutes ago (SQS does not tell the age of the oldest)`,
  );
}

function errorOf(unit: AnnouncedUnit) {
  return unit.fate === 'refuse' ? [unit.error] : [];
}
