import { decide } from '../../../cloudtrail/announcing/decision.ts';
import { parseNotification } from '../../../cloudtrail/announcing/notification.ts';
import { describeObjectKey } from '../../../cloudtrail/announcing/objectKey.ts';
import type { ObjectRef } from '../../../words/announcement.ts';
import type { ObjectStore } from '../../ports/objects.ts';
import type { AnnouncedUnit, Announcement } from '../../ports/source.ts';
import { logFile } from '../../unit/logFile.ts';

export interface AnnouncingParts {
  readonly objects: ObjectStore;
  readonly allowedBuckets: readonly string[];
}

/** What the body of a queue message announces, and what is to be done with each object of it. Never throws. */
export function announcementOf(body: string, parts: AnnouncingParts): Announcement {
  const { objects, faults, nothing } = parseNotification(body);
  return { units: objects.map((object) => announcedObject(object, parts)), faults, nothing };
}

/** One object as a message announces it: untrusted, so what becomes of it is decided first. */
function announcedObject(object: ObjectRef, { allowedBuckets, objects }: AnnouncingParts): AnnouncedUnit {
  const described = describeObjectKey(object.key);
  const unit = logFile(object, objects, described);
  const decision = decide(object, allowedBuckets, described);
  switch (decision.fate) {
    case 'ingest':
    case 'judge':
      return { fate: 'ingest', unit };
    case 'skip':
      return { fate: 'skip', unit, reason: decision.reason };
    case 'refuse':
      return { fate: 'refuse', unit, error: decision.error };
  }
}
