import type { SourceStatus, StatusStore } from '../../pipeline/ports/status.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { SliceSummary } from '../../words/events.ts';
import type { Table } from '../storage/table.ts';
import { entityOf, statusKey, statusOf } from './entity.ts';

export interface TableStatusOptions {
  readonly table: Table;
  readonly source: string;
  /** Storage's time: what one machine writes another judges. */
  readonly time: { now(): number };
  /** The status once a slice has ended at this time. */
  fold(before: SourceStatus | undefined, summary: SliceSummary, at: number): SourceStatus;
}

/** How often a write is tried again when others are quicker: up to a hundred drainers end their slices when they like. */
const mostContests = 8;

/** The status of one source, for all instances: each adds its slice to what it finds, and writes only what nobody changed since. */
export function tableStatus({ table, source, time, fold }: TableStatusOptions): StatusStore {
  const key = statusKey(source);
  const found = async () => {
    const stored = await table.read(key);
    return { stored, status: stored === undefined ? undefined : statusOf(stored.entity) };
  };
  return {
    load: async () => (await found()).status,
    record: async (summary) => {
      for (let contest = 0; contest < mostContests; contest++) {
        const { stored, status } = await found();
        // After the first answer, which tells the service's time.
        const after = fold(status, summary, time.now());
        const entity = entityOf(after);
        const { kind } = await table.write(
          stored === undefined ? { kind: 'insert', entity } : { kind: 'merge', entity, etag: stored.etag },
        );
        if (kind === 'written') return after;
      }
      throw new ConnectorError(
        'storage-unavailable',
        `others wrote the status of ${source} each time it was to be written`,
      );
    },
  };
}
