import { ConnectorError } from '../../words/errors.ts';
import { asError } from '../../words/failure.ts';

export type LinkStatus =
  | 'ok'
  /** Works, and will not always. */
  | 'warning'
  | 'failure'
  /** The identity lacks the right to look: nothing is known to be wrong. */
  | 'not-verifiable'
  /** A link that it needs has failed. */
  | 'skipped';

/** What one look at a link found. */
export interface Finding {
  readonly status: LinkStatus;
  /** What was looked at and seen, as a sentence. */
  readonly detail: string;
  /** A code, for machines: that of the failure, where there is one. */
  readonly cause?: string;
  /** What a person should do, as an imperative sentence. */
  readonly remedy?: string;
}

/** One link of the chain from CloudTrail to the table. */
export interface Link {
  /** Unique in its chain. */
  readonly name: string;
  /** Names of earlier links without which it is not tried. */
  readonly needs: readonly string[];
  /** What it throws is its failure. */
  run(signal: AbortSignal): Promise<Finding>;
}

export function ok(detail: string): Finding {
  return { status: 'ok', detail };
}

export function warning(cause: string, detail: string, remedy: string): Finding {
  return { status: 'warning', cause, detail, remedy };
}

export function failure(cause: string, detail: string, remedy: string): Finding {
  return { status: 'failure', cause, detail, remedy };
}

export function notVerifiable(cause: string, detail: string, remedy: string): Finding {
  return { status: 'not-verifiable', cause, detail, remedy };
}

/** Whatever was thrown, told as the link's failure. */
export function failureFrom(thrown: unknown): Finding {
  const error = asError(thrown);
  if (!(error instanceof ConnectorError)) {
    return failure(
      'bug',
      `${error.name}: ${error.message}`,
      'This is a fault of the connector: please report it with this line.',
    );
  }
  const { code: cause, message: detail, remedy } = error;
  return { status: 'failure', cause, detail, ...(remedy === undefined ? {} : { remedy }) };
}
