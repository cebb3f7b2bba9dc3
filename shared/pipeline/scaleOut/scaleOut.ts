import type { Clock } from '../../words/clock.ts';
import { reportOf } from '../../words/failure.ts';
import type { CircuitStore } from '../ports/circuits.ts';
import type { DrainPorts } from '../ports/ports.ts';
import type { Source } from '../ports/source.ts';
import type { DrainPace } from './pace.ts';
import { type DrainTicket, ticketsNeeded } from './tickets.ts';

/** Where drain tickets wait for the function that works on them. */
export interface TicketBox {
  post(ticket: DrainTicket): Promise<void>;
  /** Tickets waiting or being worked on, approximately. */
  count(): Promise<number>;
}

export interface ScaleOutParts {
  readonly source: string;
  readonly queue: Pick<Source, 'measureBacklog'>;
  readonly circuits: Pick<CircuitStore, 'load'>;
  readonly tickets: TicketBox;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: DrainPorts['report'];
  readonly mostDrainers: number;
  readonly pace: Pick<DrainPace, 'messagesPerSecond' | 'forget'>;
}

/** The timer's usual interval: a backlog that one drainer clears within it needs no help. */
const withinSeconds = 60;

/** A ticket that nobody took by the next tick but one is void; that tick has asked again. */
const ticketLifetimeMs = 120_000;

/** Asks for more drainers when the backlog is deeper than one slice clears. Failing to ask costs time, never an event. */
export async function scaleOut(parts: ScaleOutParts): Promise<void> {
  const { source, queue, circuits, tickets, clock, report, mostDrainers, pace } = parts;
  if (mostDrainers <= 1) return;
  try {
    const backlog = await queue.measureBacklog();
    if (backlog === undefined) return;
    const need = { backlog, messagesPerSecond: pace.messagesPerSecond(), withinSeconds, mostDrainers };
    if (ticketsNeeded({ ...need, pending: 0 }) === 0) return;
    // While a circuit is open, more drainers would only wait with us.
    if ((await circuits.load()).open.some(({ name }) => name.kind !== 'bucket')) {
      pace.forget();
      return;
    }
    const wanted = ticketsNeeded({ ...need, pending: await tickets.count() });
    const expires = clock.now() + ticketLifetimeMs;
    for (let posted = 0; posted < wanted; posted++) await tickets.post({ source, expires });
    if (wanted > 0) report({ type: 'tickets-posted', source, tickets: wanted, ...backlog });
  } catch (error) {
    report({ type: 'tickets-failed', source, failure: reportOf(error) });
  }
}
