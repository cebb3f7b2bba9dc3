import type { QueueMessage } from '../../words/announcement.ts';
import type { KeptDelivery } from './failedEntries.ts';
import type { Acknowledgement } from './settlement.ts';
import type { Backlog } from './source.ts';

/** The only thing a queue deletes. Its proof can only be made by success, or by keeping the message: see settlement.ts. */
export interface AcknowledgedMessage {
  readonly message: QueueMessage;
  readonly proof: Acknowledgement | KeptDelivery;
}

/** What became of one message in a batched call. */
export interface MessageOutcome {
  readonly messageId: string;
  /** The service's code, when it refused. */
  readonly refused?: string;
  /** The refusal is the service's own trouble: it says nothing about the message. */
  readonly isTransient?: true;
}

/**
 * The announcing queue. Every call is one request and may throw ConnectorError; none repeats itself. The flow makes at
 * most 5 requests to receive, 5 to extend, 5 to return and 11 to delete; see limits/retryPolicy.ts.
 */
export interface MessageQueue {
  receive(
    request: { readonly maxMessages: number; readonly waitSeconds: number; readonly visibilitySeconds: number },
    signal: AbortSignal,
  ): Promise<readonly QueueMessage[]>;
  /** Extends (heartbeat) or shortens (return) up to 10 messages; 0 gives them back at once. */
  changeVisibility(messages: readonly QueueMessage[], visibilitySeconds: number): Promise<readonly MessageOutcome[]>;
  /** Up to 10. */
  delete(messages: readonly AcknowledgedMessage[]): Promise<readonly MessageOutcome[]>;
  /** Undefined when the role may not ask. */
  measureBacklog(): Promise<Backlog | undefined>;
  /** Proves credentials and reachability without receiving anything. */
  probe(signal: AbortSignal): Promise<void>;
}
