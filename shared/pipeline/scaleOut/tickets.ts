import type { Backlog } from '../ports/source.ts';

/** The storage queue that carries them to the function of the same purpose. */
export const ticketQueue = 'drain-tickets';

/** A request for one more drainer of one source, on another instance. */
export interface DrainTicket {
  readonly source: string;
  /** Milliseconds since the epoch: later the ticket is void, and the next tick has asked again if need be. */
  readonly expires: number;
}

export interface TicketNeed {
  readonly backlog: Backlog;
  /** Messages that one drainer settles in a second. */
  readonly messagesPerSecond: number;
  /** How soon the backlog should be gone, in seconds: about the time between two ticks. */
  readonly withinSeconds: number;
  /** Drainers of one source at most, the timer's own included. */
  readonly mostDrainers: number;
  /** Tickets that are waiting or being worked on. */
  readonly pending: number;
}

/**
 * How many tickets to post: as many as the backlog needs beside the timer's own slice, less those that exist already, so
 * that they never pile up. Messages in flight count too, since they say how busy others are, but no more than those that
 * wait: the rest of them may be in back-off, which nobody can help.
 */
export function ticketsNeeded({
  backlog,
  messagesPerSecond,
  withinSeconds,
  mostDrainers,
  pending,
}: TicketNeed): number {
  const clearedByOne = Math.max(1, messagesPerSecond * withinSeconds);
  const drainers = Math.min(
    mostDrainers,
    Math.ceil((backlog.visible + Math.min(backlog.visible, backlog.inFlight)) / clearedByOne),
  );
  return Math.max(0, drainers - 1 - pending);
}

/** Reads a ticket's text; undefined for anything that is none, since a ticket must never end as a poison message. */
export function readTicket(message: unknown): DrainTicket | undefined {
  const value = typeof message === 'string' ? parsed(message) : message;
  if (typeof value !== 'object' || value === null) return undefined;
  const { source, expires } = value as Record<string, unknown>;
  return typeof source === 'string' && typeof expires === 'number' ? { source, expires } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no ticket: the caller says so
  }
}
