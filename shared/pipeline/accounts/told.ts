import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import type { ConnectorEvent } from '../../words/events.ts';
import { failureReport, isItsOwn } from '../../words/failure.ts';
import type { SettledDelivery } from '../ports/settledDelivery.ts';
import type { Announcement, Delivery } from '../ports/source.ts';
import type { UnitOutcome } from '../ports/unitOutcome.ts';
import { isNotAsAnnounced } from '../unit/contentIdentity.ts';

/** Outcomes as people are told of them; nothing in the flow depends on it. */

export function unitEvents(source: string, outcome: UnitOutcome, delivery: Pick<Delivery, 'id'>): ConnectorEvent[] {
  if (outcome.kind === 'failed') {
    // What keeps it from being ingested and is not its own is told by its circuit, or is nothing unusual.
    if (!isItsOwn(outcome.failure)) return [];
    const failure = failureReport(outcome.failure);
    const at = { ...outcome.unit.at, messageId: delivery.id, ...failure.at };
    return [{ type: 'object-failed', source, failure: { ...failure, at } }];
  }
  const { complete, foundEtag, isReingested, isRewritten = false, oddities = [] } = outcome;
  const { at, etag } = complete.unit;
  const alarms: ConnectorEvent[] = [];
  if (etag !== undefined && foundEtag !== undefined && isNotAsAnnounced(etag, foundEtag)) {
    alarms.push({ type: 'object-not-as-announced', source, at, announced: etag, found: foundEtag });
  }
  if (isReingested) alarms.push({ type: 'object-reingested', source, at });
  if (isRewritten) alarms.push({ type: 'object-rewritten', source, at });
  switch (complete.kind) {
    case 'accepted': {
      const accepted = {
        type: 'object-accepted',
        source,
        at,
        rows: complete.rows,
        stubs: stubbedRecords(complete.stubs),
      } as const;
      const odd = oddities.map((oddity) => ({ type: 'object-odd' as const, source, at, ...oddity }));
      return [...alarms, ...odd, accepted];
    }
    case 'suppressed':
      return [...alarms, { type: 'object-suppressed', source, at }];
    case 'skipped':
      return [{ type: 'object-skipped', source, at, reason: complete.reason }];
  }
}

export function deliveryEvents(source: string, { id, settlement, settled, units }: SettledDelivery): ConnectorEvent[] {
  const about = { source, messageId: id };
  switch (settled.kind) {
    case 'done':
      if (settlement.kind === 'quarantined') {
        const { failure, proof } = settlement;
        return [{ type: 'message-quarantined', ...about, entry: proof.id, failure: failureReport(failure) }];
      }
      return [{ type: 'message-acknowledged', ...about, objects: units.length }];
    case 'kept':
      return [{ type: 'message-kept', ...about, refused: settled.refused }];
    case 'refused':
      return [{ type: 'claim-lost', ...about, refused: settled.refused }];
    case 'returned': {
      if (settlement.kind !== 'returned') return [];
      const { comesAgainInSeconds: visibleInSeconds } = settled;
      return [{ type: 'message-returned', ...about, visibleInSeconds, failure: failureReport(settlement.failure) }];
    }
    case 'lost':
      return [];
  }
}

export function announcementEvents(
  source: string,
  { id }: Pick<Delivery, 'id'>,
  announced: Announcement,
): ConnectorEvent[] {
  const { units, faults, nothing } = announced;
  if (units.length > 0 || faults.length > 0) return [];
  return [{ type: 'message-empty', source, messageId: id, reason: nothing.join('; ') }];
}

/** One row may stand for many records. */
function stubbedRecords(stubs: readonly StubNote[]): number {
  return stubs.reduce((sum, { records = 1 }) => sum + records, 0);
}
