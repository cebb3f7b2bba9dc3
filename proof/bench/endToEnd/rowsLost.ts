import type { CloudsLook } from '../../../local/process/clouds/orders.ts';
import type { DataSet } from '../dataSets.ts';
import type { ConnectorLook } from './messages.ts';

/** A drain that has ended: the clouds before and after it, and the connector's last look. */
export interface EndedDrain {
  readonly before: Pick<CloudsLook, 'messagesDeleted' | 'rows'>;
  readonly after: Pick<CloudsLook, 'messagesDeleted' | 'rows'>;
  readonly connector: Pick<ConnectorLook, 'rowsAccepted' | 'identityHolds'>;
  /** Of files that all have as many records, each announced by a message of its own. */
  readonly set: Pick<DataSet, 'files' | 'records'>;
}

/**
 * Rows that should be at the endpoint and are not: at least one for each record of a file whose message was deleted, and
 * each that the connector says was accepted. Accounts that do not add up count as a lost row.
 */
export function rowsLost({ before, after, connector, set }: EndedDrain): number {
  const rows = after.rows - before.rows;
  const acknowledged = (after.messagesDeleted - before.messagesDeleted) * (set.records / set.files);
  return Math.max(0, acknowledged - rows, connector.rowsAccepted - rows) + Number(!connector.identityHolds);
}
