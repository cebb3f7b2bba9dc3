import type { ObjectRef, QueueMessage } from '../../words/announcement.ts';

declare const proof: unique symbol;

/** An object that needs nothing more: every row accepted, suppressed as accepted before, or deliberately of no interest. */
export type CompleteObject =
  | { readonly kind: 'accepted'; readonly object: ObjectRef; readonly rows: number; readonly [proof]: true }
  | { readonly kind: 'suppressed'; readonly object: ObjectRef; readonly [proof]: true }
  | { readonly kind: 'skipped'; readonly object: ObjectRef; readonly reason: string; readonly [proof]: true };

/** The only thing the queue deletes. It can be made by `acknowledged` alone. */
export interface AcknowledgedMessage {
  readonly message: QueueMessage;
  readonly objects: readonly CompleteObject[];
  readonly [proof]: true;
}

/** @throws RangeError unless every row that was written was accepted: a bug, never an outcome. */
export function acceptedObject(
  object: ObjectRef,
  counts: { records: number; written: number; accepted: number },
): CompleteObject {
  if (counts.records !== counts.written || counts.written !== counts.accepted) {
    throw new RangeError(
      `s3://${object.bucket}/${object.key} is not complete: ${counts.records} records, ${counts.written} rows written, ${counts.accepted} accepted`,
    );
  }
  return { kind: 'accepted', object, rows: counts.accepted } as CompleteObject;
}

export function suppressedObject(object: ObjectRef): CompleteObject {
  return { kind: 'suppressed', object } as CompleteObject;
}

export function skippedObject(object: ObjectRef, reason: string): CompleteObject {
  return { kind: 'skipped', object, reason } as CompleteObject;
}

/** @throws RangeError when an announced object is missing among the complete ones. */
export function acknowledged(
  message: QueueMessage,
  announced: readonly ObjectRef[],
  objects: readonly CompleteObject[],
): AcknowledgedMessage {
  if (!announced.every((object) => objects.some((complete) => complete.object === object))) {
    throw new RangeError(`message ${message.id} announces ${announced.length} objects, ${objects.length} are complete`);
  }
  return { message, objects } as unknown as AcknowledgedMessage;
}
