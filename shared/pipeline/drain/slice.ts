import type { OpenRowStream } from '../../cloudtrail/rows/engine.ts';
import type { Compress } from '../../gzip/compressBody.ts';
import type { Semaphore } from '../../kit/semaphore.ts';
import type { SliceTimer } from '../accounts/sliceTimer.ts';
import type { Tally } from '../accounts/tally.ts';
import type { Circuits } from '../circuits/circuits.ts';
import type { Acknowledge } from '../delivery/queue/acknowledge.ts';
import type { HeldMessages } from '../delivery/queue/heldMessages.ts';
import type { ReturnMessage } from '../delivery/queue/returnMessage.ts';
import type { Deadline } from '../limits/deadline.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import type { Ledger } from '../ports/lease.ts';
import type { DrainPorts } from '../ports/ports.ts';
import type { BacklogSense } from '../upload/backlogSense.ts';
import type { Balancer } from '../upload/balancer.ts';
import type { Packer } from '../upload/packer.ts';

/** What all parts of one slice share. */
export interface Slice {
  readonly settings: DrainSettings;
  readonly ports: DrainPorts;
  readonly openRows: OpenRowStream;
  readonly compress: Compress;
  readonly backlog: BacklogSense;
  /** Never throws: see carefulLedger.ts. */
  readonly ledger: Ledger;
  /** Never throws either: false when nothing is kept. */
  readonly failedEntries: DrainPorts['failedEntries'];
  readonly deadline: Deadline;
  readonly tally: Tally;
  readonly timer: SliceTimer;
  readonly circuits: Circuits;
  readonly balancer: Balancer;
  readonly readers: Semaphore;
  readonly held: HeldMessages;
  readonly acknowledge: Acknowledge;
  readonly returnMessage: ReturnMessage;
  /** Messages sent into back-off so far. */
  backedOff: number;
}

/** Work between two openings of a circuit: what is held when one opens goes back, and another shift begins afresh. */
export interface Shift {
  readonly packer: Packer;
  /** Aborts when no more work may begin: a circuit opened, or the slice comes to its end. */
  readonly stop: AbortSignal;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: about 120,000 may be in flight. */
export const defaultMessagesBackedOff = 1_000;

export const defaultMessagesHeld = 1_000;
