import type { HistoryBucket, RecentFailure, SourceStatus } from '../../pipeline/ports/status.ts';
import type { SliceSummary } from '../../words/events.ts';
import type { Entity, EntityKey, EntityValue } from '../storage/table.ts';

/** One entity a source: what is told of it is read and written as a whole. */
export function statusKey(source: string): EntityKey {
  return { partitionKey: source, rowKey: 'status' };
}

/** Texts of at most 32,000 characters, which a property holds: see longestText of failed entries. */
export function entityOf(status: SourceStatus): Entity {
  const { source, version, firstAt, endedAt, acceptedAt, arrivedAt, summary, failures, history } = status;
  return {
    ...statusKey(source),
    version,
    firstAt: new Date(firstAt),
    endedAt: new Date(endedAt),
    acceptedAt: acceptedAt === undefined ? undefined : new Date(acceptedAt),
    arrivedAt: arrivedAt === undefined ? undefined : new Date(arrivedAt),
    summary: JSON.stringify(summary),
    failures: JSON.stringify(failures),
    history: JSON.stringify(history.map(numbersOf)),
  };
}

/** What another version wrote, or a hand, and cannot be read is no status: the next slice writes a new one. */
export function statusOf(entity: Entity): SourceStatus | undefined {
  const [firstAt, endedAt, acceptedAt, arrivedAt] = ['firstAt', 'endedAt', 'acceptedAt', 'arrivedAt'].map((name) =>
    time(entity[name]),
  );
  const summary = parsed(entity['summary']) as SliceSummary | undefined;
  const failures = parsed(entity['failures']) as readonly RecentFailure[] | undefined;
  const history = parsed(entity['history']) as readonly Numbers[] | undefined;
  if (firstAt === undefined || endedAt === undefined || !isSummary(summary)) return undefined;
  if (!Array.isArray(failures) || !Array.isArray(history)) return undefined;
  return {
    source: entity.partitionKey,
    version: String(entity['version'] ?? ''),
    firstAt,
    endedAt,
    ...(acceptedAt === undefined ? {} : { acceptedAt }),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
    summary,
    failures,
    history: history.filter(Array.isArray).map(bucketOf),
  };
}

function isSummary(summary: SliceSummary | undefined): summary is SliceSummary {
  return typeof summary === 'object' && summary !== null && Array.isArray(summary.heldBack);
}

/** A day of buckets is 288 of them: as lists of numbers they take less than half of what a property holds. */
type Numbers = readonly (number | null)[];

function numbersOf(bucket: HistoryBucket): Numbers {
  const { from, slices, rows, bytes, arrived, dropped, suppressed, failed, quarantined } = bucket;
  const { lagMs, backlog, deliveryLagMs } = bucket;
  const measured = [lagMs, backlog, deliveryLagMs].map((each) => (each === undefined ? null : Math.round(each)));
  return [from / 1000, slices, rows, bytes, arrived, dropped, suppressed, failed, quarantined, ...measured];
}

function bucketOf(numbers: Numbers): HistoryBucket {
  const [seconds, slices, rows, bytes, arrived, dropped, suppressed, failed, quarantined] = numbers.map((each) =>
    Number(each ?? 0),
  );
  const [lagMs, backlog, deliveryLagMs] = numbers.slice(9);
  return {
    from: (seconds ?? 0) * 1000,
    ...{ slices: slices ?? 0, rows: rows ?? 0, bytes: bytes ?? 0, arrived: arrived ?? 0, dropped: dropped ?? 0 },
    ...{ suppressed: suppressed ?? 0, failed: failed ?? 0, quarantined: quarantined ?? 0 },
    ...(typeof lagMs === 'number' ? { lagMs } : {}),
    ...(typeof deliveryLagMs === 'number' ? { deliveryLagMs } : {}),
    ...(typeof backlog === 'number' ? { backlog } : {}),
  };
}

function parsed(text: EntityValue): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function time(value: EntityValue): number | undefined {
  return value instanceof Date ? value.getTime() : undefined;
}
