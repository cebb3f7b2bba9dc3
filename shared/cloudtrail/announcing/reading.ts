import { shown } from '../../kit/shortText.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import { ConnectorError, type ErrorCode } from '../../words/errors.ts';
import { remedies } from './remedies.ts';

/**
 * What a queue message says, part by part; never all three empty. A message is done with when its objects are complete
 * and it has no faults; with faults, the good objects are delivered all the same.
 */
export interface Notification {
  /** Each once, in the message's order. */
  readonly objects: readonly ObjectRef[];
  /** What of the message was not understood: one for each thing to do about it, with a hint what it is. */
  readonly faults: readonly ConnectorError[];
  /** Why parts of it knowingly announce nothing. */
  readonly nothing: readonly string[];
}

/** A CloudTrail key is longer than 100 bytes, so no honest message of 1 MiB announces more. */
export const maxObjects = 10_000;

/** Records, lines, envelopes: four for each of as many objects as a message may announce. */
export const maxParts = 4 * maxObjects;

/** More reasons than anyone reads. */
const maxReasons = 8;

/** Where in a message something stands, in words that are put together only when somebody is told. */
export interface Place {
  readonly name: () => string;
  /** Containers around it: lists, envelopes, texts in texts. */
  readonly depth: number;
}

interface Part {
  readonly content: unknown;
  readonly at: Place;
}

/** Parts that wait side by side: those of a list are taken from it one by one, and nothing is made of one before its turn. */
interface Waiting {
  readonly contents: readonly unknown[];
  readonly at: (index: number) => Place;
  readonly length: number;
  next: number;
}

interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  count: number;
}

/**
 * Gathers what the parts of a message say, each for itself: a part that cannot be read never costs its neighbours.
 * What is gathered is bounded, whatever the message holds.
 */
export class Reading {
  readonly #objects = new Map<string, ObjectRef>();
  readonly #faults = new Map<string, Fault>();
  readonly #nothing = new Set<string>();
  readonly #waiting: Waiting[] = [];
  #waits = 0;
  #beyond = 0;
  #looked = 0;

  /** Something inside the message that is a message itself; a string is the text of one. */
  look(content: unknown, at: Place): void {
    this.#wait([content], () => at, 1);
  }

  /** What is to be looked at, and what comes to light meanwhile. */
  *parts(): Generator<Part, void> {
    for (let last = this.#waiting.at(-1); last !== undefined; last = this.#waiting.at(-1)) {
      const index = last.next++;
      if (last.next === last.length) this.#waiting.pop();
      this.#waits -= 1;
      this.#looked += 1;
      yield { content: last.contents[index], at: last.at(index) };
    }
  }

  #wait(contents: readonly unknown[], at: (index: number) => Place, length: number): void {
    if (length === 0) return;
    this.#waiting.push({ contents, at, length, next: 0 });
    this.#waits += length;
  }

  /** Several at once, to be looked at in this order; as many as a message may have. */
  lookAtAll(contents: readonly unknown[], at: (index: number) => Place): void {
    const room = Math.max(0, maxParts - this.#looked - this.#waits);
    if (contents.length > room) {
      this.fault(() => `the message has more than ${maxParts} parts, which are not all looked at`, remedies.tooMany);
    }
    this.#wait(contents, at, Math.min(contents.length, room));
  }

  /** An object named twice is one object: the second reading would wait for the lease of the first. */
  announce(object: ObjectRef): void {
    const name = `${object.bucket.length}:${object.bucket}${object.key}`;
    const before = this.#objects.get(name);
    if (before !== undefined && differs(object, before)) {
      this.fault(
        () => `the message announces key ${shown(object.key)} twice, with different content`,
        remedies.rewritten,
      );
    }
    if (before === undefined && this.#objects.size >= maxObjects) {
      this.#beyond += 1;
    } else if (before === undefined || isNewer(object, before)) {
      this.#objects.set(name, object);
    }
  }

  /** Knowingly nothing to do. */
  nothing(reason: string): void {
    if (this.#nothing.size < maxReasons) this.#nothing.add(reason);
  }

  /** Parts with the same remedy are one fault: the first is described, the others are counted. */
  fault(message: () => string, remedy: string, code: ErrorCode = 'notification-unknown'): void {
    const before = this.#faults.get(remedy);
    if (before === undefined) this.#faults.set(remedy, { code, message: message(), remedy, count: 1 });
    else before.count += 1;
  }

  answer(): Notification {
    const faults = [...this.#faults.values()].map(({ code, message, remedy, count }) => {
      const others = count === 1 ? '' : `; ${count - 1} more of its parts are not understood either`;
      return new ConnectorError(code, `${message}${others}`, { remedy });
    });
    if (this.#beyond > 0) {
      const message = `the message announces ${this.#beyond} objects beyond the first ${maxObjects}, more than a trail does`;
      faults.push(new ConnectorError('notification-unknown', message, { remedy: remedies.tooMany }));
    }
    return { objects: [...this.#objects.values()], faults, nothing: [...this.#nothing] };
  }
}

/** One of the two is not read, and nobody may find that out from what is missing. */
function differs(one: ObjectRef, other: ObjectRef): boolean {
  const isOther = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && a !== b;
  return isOther(one.etag, other.etag) || isOther(one.versionId, other.versionId);
}

/**
 * Of two announcements of one key the later one tells what lies there now; without sequencers, the message's order decides.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html: hexadecimal, to be padded with zeros.
 */
function isNewer({ sequencer: one }: ObjectRef, { sequencer: other }: ObjectRef): boolean {
  if (one === undefined || other === undefined) return true;
  const digits = Math.max(one.length, other.length);
  return one.toUpperCase().padStart(digits, '0') >= other.toUpperCase().padStart(digits, '0');
}
