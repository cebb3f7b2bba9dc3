import type { EventKind } from './apiCall.ts';
import { computeEvents } from './events/computeEvents.ts';
import { dataServiceEvents } from './events/dataServiceEvents.ts';
import { governanceEvents } from './events/governanceEvents.ts';
import { identityEvents } from './events/identityEvents.ts';
import { refusedEvents } from './events/refusedEvents.ts';
import { signInEvents } from './events/signInEvents.ts';
import { storageEvents } from './events/storageEvents.ts';
import type { JsonObject } from './json.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';

/** Every kind of management and data event that a generated trail holds. */
export const eventCatalog: readonly EventKind[] = [
  ...storageEvents,
  ...identityEvents,
  ...signInEvents,
  ...computeEvents,
  ...dataServiceEvents,
  ...governanceEvents,
  ...refusedEvents,
];

/** Draws a kind by its weight. */
export function drawEventKind(random: Random): EventKind {
  let weight = random.next() * totalWeight;
  for (const kind of eventCatalog) {
    weight -= kind.weight;
    if (weight < 0) return kind;
  }
  return random.pick(eventCatalog);
}

/**
 * Now and then a record is unlike its neighbours: written by an old version, delivered late, a correction of an earlier
 * one, or with fields that nobody has heard of yet.
 */
export function withRarities(scene: Scene, record: JsonObject): JsonObject {
  const { random } = scene;
  const draw = random.next();
  if (draw < 0.01) return asOldVersion(record);
  if (draw < 0.015) return { ...record, addendum: { reason: 'DELIVERY_DELAY' } };
  if (draw < 0.02) {
    const originalRequestID = random.uuid();
    const originalEventID = random.uuid();
    return {
      ...record,
      addendum: { reason: 'UPDATED_DATA', updatedFields: 'errorCode,errorMessage', originalRequestID, originalEventID },
    };
  }
  if (draw < 0.025) return { ...record, annotation: 'Anmerkung: größer als üblich' };
  if (draw < 0.03) return { ...record, exampleNewField: { level: 3, notes: ['not known', null], ratio: 0.5 } };
  return record;
}

/** Before 1.07 there was no eventCategory, before 1.06 no managementEvent, before 1.08 no tlsDetails. */
function asOldVersion(record: JsonObject): JsonObject {
  const { eventCategory: _category, managementEvent: _management, tlsDetails: _tls, ...old } = record;
  return { ...old, eventVersion: '1.05', sessionCredentialFromConsole: undefined };
}

const totalWeight = eventCatalog.reduce((sum, kind) => sum + kind.weight, 0);
