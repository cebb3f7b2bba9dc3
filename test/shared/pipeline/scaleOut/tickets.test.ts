import { describe, expect, it } from 'vitest';
import { readTicket, ticketsNeeded } from '../../../../shared/pipeline/scaleOut/tickets.ts';

const need = {
  backlog: { visible: 0, inFlight: 0 },
  messagesPerSecond: 100,
  withinSeconds: 60,
  mostDrainers: 10,
  pending: 0,
};

describe('ticketsNeeded', () => {
  it('asks for nobody while one slice clears the backlog', () => {
    expect(ticketsNeeded({ ...need, backlog: { visible: 6_000, inFlight: 0 } })).toBe(0);
  });

  it('asks for one drainer more per share of the backlog', () => {
    expect(ticketsNeeded({ ...need, backlog: { visible: 6_001, inFlight: 0 } })).toBe(1);
    expect(ticketsNeeded({ ...need, backlog: { visible: 20_000, inFlight: 4_001 } })).toBe(4);
  });

  it('asks for nobody when all that is in flight is in back-off', () => {
    expect(ticketsNeeded({ ...need, messagesPerSecond: 0.1, backlog: { visible: 0, inFlight: 1_000 } })).toBe(0);
    expect(ticketsNeeded({ ...need, messagesPerSecond: 0.1, backlog: { visible: 3, inFlight: 1_000 } })).toBe(0);
  });

  it('never asks for more drainers than allowed', () => {
    expect(ticketsNeeded({ ...need, backlog: { visible: 1_000_000, inFlight: 0 } })).toBe(9);
  });

  it('lets tickets that exist count', () => {
    expect(ticketsNeeded({ ...need, backlog: { visible: 20_000, inFlight: 0 }, pending: 2 })).toBe(1);
    expect(ticketsNeeded({ ...need, backlog: { visible: 20_000, inFlight: 0 }, pending: 7 })).toBe(0);
  });

  it('asks for somebody when one drainer settles next to nothing', () => {
    expect(ticketsNeeded({ ...need, messagesPerSecond: 0, backlog: { visible: 3, inFlight: 0 } })).toBe(2);
  });
});

describe('readTicket', () => {
  it('reads what was posted, as text or already parsed', () => {
    const ticket = { source: 'default', expires: 1_793_232_000_000 };
    expect(readTicket(JSON.stringify(ticket))).toEqual(ticket);
    expect(readTicket(ticket)).toEqual(ticket);
  });

  it.each(['', 'not JSON', '[]', 'null', '{"source":1,"expires":2}', '{"source":"a"}', 7, undefined])(
    'finds no ticket in %j',
    (message) => {
      expect(readTicket(message)).toBeUndefined();
    },
  );
});
