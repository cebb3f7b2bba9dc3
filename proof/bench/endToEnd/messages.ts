/** How much of its allowance a rule saves up. Little, since a short run must not live on what a long one could not. */
export const burstSeconds = 1;

/** What the process with the embedded clouds is told to do; every order is answered by a look. */
export type CloudsOrder =
  /** Puts so many copies of a folder's first log files into the bucket, unannounced. */
  | { readonly kind: 'store'; readonly folder: string; readonly files: number; readonly copies: number }
  /** Announces the next of the stored objects, each with a message of its own. */
  | { readonly kind: 'announce'; readonly objects: number }
  /** Adds latency to every call of S3 and of the ingestion endpoint. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Forgets what was announced and not taken. */
  | { readonly kind: 'purge' }
  | { readonly kind: 'look' };

/** The clouds' counters at a moment. */
export interface CloudsLook {
  readonly at: number;
  /** Of the clouds' own process. */
  readonly cpuMs: number;
  readonly objectsRead: number;
  readonly awsRequests: number;
  readonly uploads: number;
  /** Uploads that were answered otherwise than by 204. */
  readonly uploadsRefused: number;
  readonly rows: number;
  readonly rowBytes: number;
  readonly rowBytesOfRules: readonly number[];
  /** Messages that a delete took out of the queue. */
  readonly messagesDeleted: number;
  readonly appSettings: Readonly<Record<string, string>>;
}

/** What the process with the connector is told to do. */
export type ConnectorOrder =
  /** Drains, slice after slice, until it is told to stop. */
  | { readonly kind: 'drain'; readonly settings: Readonly<Record<string, string>> }
  | { readonly kind: 'look' }
  | { readonly kind: 'stop' };

/** The connector's process at a moment; `slices` sums up all that have ended. */
export interface ConnectorLook {
  readonly at: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Requests to the storage account: claims, outcomes, circuits. */
  readonly storageRequests: number;
  readonly rowsAccepted: number;
  readonly identityHolds: boolean;
  readonly mostUploadsInFlight: number;
  /** Why slices stopped early. */
  readonly failures: readonly string[];
}
