import type { AnnouncedUnit, Announcement } from '../../../pipeline/ports/source.ts';
import type { Clock } from '../../../words/clock.ts';
import { type Finding, failure, failureFrom, type Link, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

/** Enough to see a pattern, and few receives used up. */
const sampleSize = 3;
/** Should the giving back fail, others wait no longer than this. */
const lookSeconds = 30;
/** One receive is used up by the look, and one must be left for the work. */
const fewestReceives = 3;

/** A few messages are looked at and given back at once; none is ever deleted here. */
export function sampleLink({ name, parts, found }: SourceLook, clock: Pick<Clock, 'now'>): Link {
  return {
    name: name('queue: messages'),
    needs: [name('target role'), name('queue')],
    run: async (signal) => {
      const most = found.attributes?.redrive?.mostReceives;
      if (most !== undefined && most < fewestReceives) {
        const detail = `not looked at: after ${most} receives a message goes to the dead-letter queue`;
        return { status: 'not-verifiable', detail, cause: 'receive-count-low' };
      }
      const { queue, announcementIn } = parts();
      const request = { maxMessages: sampleSize, waitSeconds: 1, visibilitySeconds: lookSeconds };
      const messages = await queue.receive(request, signal);
      const outcomes = await queue.changeVisibility(messages, 0);
      if (messages.length === 0) {
        return (found.attributes?.visible ?? 0) === 0
          ? ok('none waits now')
          : warning(
              'messages-not-received',
              'messages wait, and none was received just now',
              'Check again; if it stays so, find who else receives from this queue.',
            );
      }
      const announced = messages.map(({ body }) => announcementIn(body));
      const logFile = announced.flatMap(({ units }) => units).find(({ fate }) => fate === 'ingest');
      if (logFile !== undefined) found.logFile = logFile.unit;
      const oldest = Math.min(...messages.map(({ sentAt }) => sentAt));
      const age = `the oldest was sent ${Math.max(0, Math.round((clock.now() - oldest) / 60_000))} minutes ago`;
      const kept = outcomes.filter(({ refused }) => refused !== undefined).length;
      return kept === 0
        ? judge(announced, age)
        : warning(
            'not-given-back',
            `${kept} messages could not be given back at once; they come back within ${lookSeconds} seconds`,
            'Check again in a minute.',
          );
    },
  };
}

function judge(announced: readonly Announcement[], age: string): Finding {
  const units = announced.flatMap(({ units: all }) => all);
  const faults = announced.flatMap((one) => [...one.faults, ...one.units.flatMap(errorOf)]);
  const wanted = units.filter(({ fate }) => fate === 'ingest').length;
  const [fault] = faults;
  if (fault !== undefined) {
    const finding = failureFrom(fault);
    return wanted === 0
      ? finding
      : { ...finding, status: 'warning', detail: `beside messages that are understood: ${finding.detail}` };
  }
  if (wanted > 0) return ok(`${announced.length} looked at and given back: they announce ${wanted} log files; ${age}`);
  const [skipped] = units.filter((unit) => unit.fate === 'skip');
  if (skipped !== undefined) {
    return failure(
      'no-log-files-announced',
      `the messages looked at announce no log files, but ${skipped.reason}: ${skipped.unit.title}`,
      'Limit the notification to the prefix under which the trail writes log files, ending in AWSLogs/, and to the suffix .json.gz.',
    );
  }
  return ok(`${announced.length} looked at and given back: ${announced.flatMap(({ nothing }) => nothing).join('; ')}`);
}

function errorOf(unit: AnnouncedUnit) {
  return unit.fate === 'refuse' ? [unit.error] : [];
}
