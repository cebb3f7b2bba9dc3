import type { Trail } from '../../aws/cloudtrail/trails.ts';
import type { QueueAttributes } from '../../aws/sqs/attributes.ts';
import type { KeptEntries } from '../../azure/failedEntries/entries.ts';
import type { LedgerStore } from '../../pipeline/ports/ledgerStore.ts';
import type { Unit } from '../../pipeline/ports/unit.ts';
import type { SourceSettings } from '../../settings/settings.ts';
import type { ComposedSource } from '../source.ts';

/** What the links of one source share: its parts, and what earlier links found out. */
export interface SourceLook {
  readonly settings: SourceSettings;
  readonly workspaceId: string;
  /** A link's name, which says the source where there are several. */
  name(link: string): string;
  /** Made at first use. @throws ConnectorError 'settings-invalid' */
  parts(): ComposedSource;
  /** An Entra token for the audience. @throws ConnectorError */
  token(audience: string): Promise<string>;
  /** What the app remembers of log files; undefined without storage. */
  readonly ledger: Pick<LedgerStore, 'read'> | undefined;
  /** What could not be delivered; undefined without storage. */
  readonly failed: Pick<KeptEntries, 'listFailed'> | undefined;
  readonly found: Found;
}

/** Filled in as the links are looked at. */
export interface Found {
  attributes?: QueueAttributes;
  /** The newest log file of each bucket, or one of the newest. */
  readonly newest: Map<string, string>;
  /** What stands before `AWSLogs/`, by bucket, as its trail says. */
  readonly prefixes: Map<string, string>;
  /** Trails that write to the buckets. */
  trails: readonly Trail[];
  /** A log file to read: one that a message announces. */
  logFile?: Unit;
}
