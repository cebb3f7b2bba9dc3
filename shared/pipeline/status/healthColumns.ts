/** The types a data collection rule's stream can declare that the health table needs. */
export type HealthColumnType = 'string' | 'datetime' | 'dynamic' | 'long';

export interface HealthColumn<Name extends string = string> {
  readonly name: Name;
  readonly type: HealthColumnType;
  readonly description: string;
}

/** The table that takes the connector's own health; a custom connector cannot write to SentinelHealth itself. */
export const healthTable = 'AWSCloudTrailConnectorHealth_CL';

/** The stream of the data collection rule that leads to it. */
export const healthStream = `Custom-${healthTable}`;

/**
 * One row tells how one source was when a slice of it ended. The first ten columns are those of SentinelHealth
 * (https://learn.microsoft.com/azure/sentinel/health-table-reference), so that queries about it need another table's
 * name only; the rest are our own figures, all of this one slice, but for FailedEntries and OpenCircuits, which are of now.
 */
const table = [
  column('TimeGenerated', 'datetime', 'When the slice ended.'),
  column('OperationName', 'string', 'Always "Data fetch status change", as Sentinel calls it.'),
  column('SentinelResourceId', 'string', 'Name of the function app, a slash and the name of the source.'),
  column('SentinelResourceName', 'string', 'Name of the source.'),
  column('SentinelResourceType', 'string', 'Always "Data connector".'),
  column('SentinelResourceKind', 'string', 'Always "AWSCloudTrailConnector".'),
  column('Status', 'string', 'Success, Warning or Failure: green, amber or red on the health page.'),
  column('Description', 'string', 'Every reason for the status, one sentence each; empty when it is Success.'),
  column('Reason', 'string', 'Code of the worst reason, which docs/operations.md explains; empty when it is Success.'),
  column(
    'ExtendedProperties',
    'dynamic',
    'DestinationStream, FailureSummary (code, message, remedy) and HeldBack (open circuits).',
  ),
  column('ConnectorVersion', 'string', 'Version of the connector.'),
  column('SliceEnd', 'string', 'Why the slice ended: queue-empty, deadline, circuit-open, shutdown or failed.'),
  column('SliceMs', 'long', 'How long the slice took, in milliseconds.'),
  column('LastAccepted', 'datetime', 'When rows of this source were accepted last; absent when none ever were.'),
  column('RowsAccepted', 'long', 'Rows that the ingestion API accepted.'),
  column('RecordsDropped', 'long', 'Records that a selector left out.'),
  column('RecordsSuppressed', 'long', 'Records that had been sent before, and were not sent again.'),
  column('RecordsLeft', 'long', 'Records read that must be read again.'),
  column('RowsOfUnknownOutcome', 'long', 'Rows of uploads that nobody answered: the bound on duplicates.'),
  column('ObjectsAccepted', 'long', 'Log files whose rows were all accepted.'),
  column('ObjectsFailed', 'long', 'Log files that could not be read, or not to their end.'),
  column('MessagesReceived', 'long', 'Messages received from the queue.'),
  column('MessagesDeleted', 'long', 'Messages deleted, since all that they announced was delivered.'),
  column('MessagesQuarantined', 'long', 'Messages kept as failed entries, since waiting changes nothing about them.'),
  column('BytesRead', 'long', 'Compressed bytes read from S3.'),
  column('BytesUploaded', 'long', 'Bytes of accepted rows, uncompressed: about what the service bills.'),
  column(
    'LagP50Ms',
    'long',
    "Half of the rows took at most this long from their event to acceptance, CloudTrail's own delay included; absent without any.",
  ),
  column('LagP95Ms', 'long', 'The same for 95 of 100 rows.'),
  column('LagMaxMs', 'long', 'The same for the slowest row.'),
  column(
    'DeliveryLagP50Ms',
    'long',
    'Half of the log files took at most this long from their delivery into the bucket to acceptance: what the connector adds.',
  ),
  column('DeliveryLagP95Ms', 'long', 'The same for 95 of 100 log files.'),
  column('DeliveryLagMaxMs', 'long', 'The same for the slowest log file.'),
  column('QueueWaiting', 'long', 'Messages waiting in the queue when the slice ended; absent when it is not known.'),
  column('QueueInFlight', 'long', 'Messages that somebody held, or that back off; absent when it is not known.'),
  column(
    'OldestMessageMs',
    'long',
    'How long the oldest message received had waited, in milliseconds; absent without any.',
  ),
  column(
    'FailedEntries',
    'long',
    'Failed entries of this source that are kept for a replay; absent when storage did not answer.',
  ),
  column(
    'OpenCircuits',
    'long',
    'Circuits that hold work back; HeldBack in ExtendedProperties says which, and what waits.',
  ),
  column('Ledger', 'string', 'available, unavailable or none.'),
] as const satisfies readonly HealthColumn[];

/** Whoever names a column that the table has not does not compile. */
export type HealthColumnName = (typeof table)[number]['name'];

export const healthColumns: readonly HealthColumn<HealthColumnName>[] = table;

function column<const Name extends string>(
  name: Name,
  type: HealthColumnType,
  description: string,
): HealthColumn<Name> {
  return { name, type, description };
}
