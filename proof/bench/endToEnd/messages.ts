/** How much of its allowance a rule saves up. Little, since a short run must not live on what a long one could not. */
export const burstSeconds = 1;

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
