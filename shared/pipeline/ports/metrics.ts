/** What a source's slice came to, as numbers for whoever draws charts and sets alerts. */
export interface SourceMetrics {
  readonly source: string;
  /** Name of the function app, as far as it is known. */
  readonly app: string;
  /** ISO time. */
  readonly at: string;
  readonly figures: readonly Figure[];
}

export interface Figure {
  /** Such as `CloudTrail.RowsAccepted`. */
  readonly name: string;
  readonly value: number;
}

/** Where metrics go. They tell and nothing depends on them: what cannot be sent is not sent again. */
export interface MetricSink {
  /**
   * One request at most. `paused` when none was made, since the last one failed a short while ago.
   * @throws ConnectorError 'insights-refused', 'insights-unavailable' or 'settings-invalid'
   */
  send(metrics: SourceMetrics, signal: AbortSignal): Promise<'sent' | 'paused'>;
}
