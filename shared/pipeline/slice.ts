import type { OpenRowStream } from '../cloudtrail/rowEngine.ts';
import type { Acknowledge } from './acknowledge.ts';
import type { BacklogSense } from './backlogSense.ts';
import type { Circuits } from './circuits.ts';
import type { Deadline } from './deadline.ts';
import type { DrainSettings } from './drainSettings.ts';
import type { HeldMessages } from './heldMessages.ts';
import type { Lanes } from './lanes.ts';
import type { Packer } from './packer.ts';
import type { Compress, DrainPorts, Ledger } from './ports.ts';
import type { Readers } from './readers.ts';
import type { ReturnMessage } from './returnMessage.ts';
import type { SliceTimer } from './sliceTimer.ts';
import type { Tally } from './tally.ts';

/** What all parts of one slice share. */
export interface Slice {
  readonly settings: DrainSettings;
  readonly ports: DrainPorts;
  readonly openRows: OpenRowStream;
  readonly compress: Compress;
  readonly backlog: BacklogSense;
  /** Never throws: see carefulLedger.ts. */
  readonly ledger: Required<Ledger>;
  readonly deadline: Deadline;
  readonly tally: Tally;
  readonly timer: SliceTimer;
  readonly circuits: Circuits;
  readonly lanes: Lanes;
  readonly readers: Readers;
  readonly held: HeldMessages;
  readonly acknowledge: Acknowledge;
  readonly returnMessage: ReturnMessage;
  /** Prefixes of unknown layouts that have their failed entry already. */
  readonly unknownPrefixes: Set<string>;
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
