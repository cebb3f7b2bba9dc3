import type { HealthColumnName } from './healthColumns.ts';
import type { SourceHealth } from './judge.ts';
import type { Colour } from './reason.ts';

export type HealthRow = { readonly [Name in HealthColumnName]?: unknown };

/** What a row tells beside the health of its source. */
export interface RowContext {
  /** Name of the function app, as far as it is known. */
  readonly app: string;
  /** The stream that the source's rows go to. */
  readonly stream: string;
}

/** How Sentinel's own health table calls the three. */
const statusOf: Readonly<Record<Colour, string>> = { green: 'Success', amber: 'Warning', red: 'Failure' };

/** One row of the health table; undefined as long as no slice has ended. */
export function healthRow(health: SourceHealth, { app, stream }: RowContext): HealthRow | undefined {
  const { colour, heldUp, kept, reasons, source, status } = health;
  if (status === undefined) return undefined;
  const { summary, acceptedAt } = status;
  return {
    TimeGenerated: new Date(status.endedAt).toISOString(),
    OperationName: 'Data fetch status change',
    SentinelResourceId: `${app}/${source}`,
    SentinelResourceName: source,
    SentinelResourceType: 'Data connector',
    SentinelResourceKind: 'AWSCloudTrailConnector',
    Status: statusOf[colour],
    Description: reasons.map(({ says }) => says).join(' '),
    Reason: reasons[0]?.code ?? '',
    ExtendedProperties: {
      // Not the table: the rule alone knows where its stream leads.
      DestinationStream: stream,
      FailureSummary: reasons.map(({ code, says, remedy }) => ({
        StatusCode: code,
        StatusMessage: says,
        Remedy: remedy,
      })),
      HeldBack: heldUp.map(({ circuit, code, holds, since }) => ({
        ...{ Circuit: circuit, Code: code, Holds: holds, Since: new Date(since).toISOString() },
      })),
    },
    ConnectorVersion: status.version,
    SliceEnd: summary.ended,
    SliceMs: Math.round(summary.durationMs),
    LastAccepted: acceptedAt === undefined ? undefined : new Date(acceptedAt).toISOString(),
    RowsAccepted: summary.rowsAccepted,
    RecordsDropped: summary.recordsDropped,
    RecordsSuppressed: summary.recordsSuppressed,
    RecordsLeft: summary.recordsLeft,
    RowsOfUnknownOutcome: summary.rowsOfUnknownOutcome,
    ObjectsAccepted: summary.objectsAccepted,
    ObjectsFailed: summary.objectsFailed,
    MessagesReceived: summary.messagesReceived,
    MessagesDeleted: summary.messagesDeleted,
    MessagesQuarantined: summary.messagesQuarantined,
    BytesRead: summary.bytesRead,
    BytesUploaded: summary.bytesUploaded,
    LagP50Ms: rounded(summary.lagP50Ms),
    LagP95Ms: rounded(summary.lagP95Ms),
    LagMaxMs: rounded(summary.longestLagMs),
    DeliveryLagP50Ms: rounded(summary.deliveryLagP50Ms),
    DeliveryLagP95Ms: rounded(summary.deliveryLagP95Ms),
    DeliveryLagMaxMs: rounded(summary.longestDeliveryLagMs),
    QueueWaiting: summary.waiting,
    QueueInFlight: summary.inFlight,
    OldestMessageMs: rounded(summary.oldestMessageMs),
    FailedEntries: kept?.count,
    OpenCircuits: heldUp.length,
    Ledger: summary.ledger,
  };
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}
