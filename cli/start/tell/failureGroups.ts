import type { Outstanding } from '../run/outstanding.ts';
import { plural } from './format.ts';
import type { FailedObject } from './runTotals.ts';

/** Objects that failed alike: told once, with one example. */
export interface FailureGroup {
  readonly code: string;
  readonly count: number;
  readonly example: FailedObject;
}

/** The largest group first. */
export function groupFailures(failed: Iterable<FailedObject>): FailureGroup[] {
  const groups = [...Map.groupBy(failed, ({ code }) => code)].flatMap(([code, all]) => {
    const [example] = all;
    return example === undefined ? [] : [{ code, count: all.length, example }];
  });
  return groups.sort((a, b) => b.count - a.count);
}

/** `8 objects: object-denied, for example s3://... (the file my/file.json.gz)`, and what to do. */
export function groupLines({ code, count, example }: FailureGroup, outstanding: Outstanding): string[] {
  const words = failureWords(example, outstanding);
  const what =
    count === 1 ? `1 object: ${code}: ${words}` : `${plural(count, 'object')}: ${code}, for example ${words}`;
  return [what, `What to do: ${remedyOf(example)}`];
}

/** With the user's own file, where the message names an object that the user has never seen. */
export function failureWords({ message, messageId }: FailedObject, outstanding: Outstanding): string {
  const path = outstanding.pathOf(messageId);
  return path === undefined ? message : `${message} (the file ${path})`;
}

export function remedyOf({ remedy }: FailedObject): string {
  return remedy ?? 'Look at the file: it is damaged, or no CloudTrail log file.';
}
