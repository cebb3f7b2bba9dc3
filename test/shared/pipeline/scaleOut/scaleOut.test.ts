import { describe, expect, it } from 'vitest';
import type { OpenCircuit } from '../../../../shared/pipeline/ports/circuits.ts';
import { type ScaleOutParts, scaleOut } from '../../../../shared/pipeline/scaleOut/scaleOut.ts';
import type { DrainTicket } from '../../../../shared/pipeline/scaleOut/tickets.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import type { ConnectorEvent } from '../../../../shared/words/events.ts';

function world(overrides: Partial<ScaleOutParts> = {}) {
  const posted: DrainTicket[] = [];
  const events: ConnectorEvent[] = [];
  const parts: ScaleOutParts = {
    source: 'default',
    queue: { measureBacklog: async () => ({ visible: 20_000, inFlight: 0 }) },
    circuits: { load: async () => ({ open: [], suspected: [] }) },
    tickets: { post: async (ticket) => void posted.push(ticket), count: async () => 0 },
    clock: { now: () => 1_000_000 },
    report: (event) => void events.push(event),
    mostDrainers: 8,
    pace: { messagesPerSecond: () => 100, forget: () => undefined },
    ...overrides,
  };
  return { parts, posted, events };
}

function open(name: OpenCircuit['name']): OpenCircuit {
  return { name, openedAt: 0, because: { code: 'upload-denied', message: 'no' }, nextProbeAt: 0, probes: 0 };
}

describe('scaleOut', () => {
  it('posts a ticket for each drainer that a deep backlog needs, each void after two minutes', async () => {
    const { parts, posted, events } = world();
    await scaleOut(parts);
    expect(posted).toEqual(Array(3).fill({ source: 'default', expires: 1_120_000 }));
    expect(events).toEqual([{ type: 'tickets-posted', source: 'default', tickets: 3, visible: 20_000, inFlight: 0 }]);
  });

  it('posts nothing when tickets enough are waiting', async () => {
    const { parts, posted, events } = world({ tickets: { post: async () => {}, count: async () => 3 } });
    await scaleOut(parts);
    expect([posted, events]).toEqual([[], []]);
  });

  it('asks nobody how many tickets wait while the backlog is shallow', async () => {
    const tickets = { post: async () => {}, count: () => Promise.reject(new Error('asked')) };
    const { parts, events } = world({ tickets, queue: { measureBacklog: async () => ({ visible: 10, inFlight: 5 }) } });
    await scaleOut(parts);
    expect(events).toEqual([]);
  });

  it.each([
    ['the role may not measure the queue', { queue: { measureBacklog: async () => undefined } }],
    ['scaling out is switched off', { mostDrainers: 1 }],
    [
      "the source's circuit is open",
      { circuits: { load: async () => ({ open: [open({ kind: 'source' })], suspected: [] }) } },
    ],
    [
      "a rule's circuit is open",
      { circuits: { load: async () => ({ open: [open({ kind: 'rule', rule: 'dcr-1' })], suspected: [] }) } },
    ],
  ] satisfies [string, Partial<ScaleOutParts>][])('posts nothing when %s', async (_when, overrides) => {
    const { parts, posted } = world(overrides);
    await scaleOut(parts);
    expect(posted).toEqual([]);
  });

  it('asks for help with a few large files as with many small ones', async () => {
    const pace = { messagesPerSecond: () => 0.5, forget: () => undefined };
    const queue = { measureBacklog: async () => ({ visible: 100, inFlight: 0 }) };
    const { parts, posted } = world({ pace, queue });
    await scaleOut(parts);
    expect(posted).toHaveLength(3);
  });

  it('takes no notice of the pace while a circuit holds the drainer up', async () => {
    let forgotten = 0;
    const pace = {
      messagesPerSecond: () => 1 / 60,
      forget: () => {
        forgotten += 1;
      },
    };
    const { parts, posted } = world({
      pace,
      circuits: { load: async () => ({ open: [open({ kind: 'source' })], suspected: [] }) },
    });
    await scaleOut(parts);
    expect([posted, forgotten]).toEqual([[], 1]);
  });

  it('posts although a bucket is left alone', async () => {
    const { parts, posted } = world({
      circuits: {
        load: async () => ({ open: [open({ kind: 'bucket', bucket: 'trail', code: 'object-denied' })], suspected: [] }),
      },
    });
    await scaleOut(parts);
    expect(posted).toHaveLength(3);
  });

  it('reports that it could not ask, and throws nothing', async () => {
    const measureBacklog = () => Promise.reject(new ConnectorError('queue-unavailable', 'no answer'));
    const { parts, events } = world({ queue: { measureBacklog } });
    await scaleOut(parts);
    expect(events).toMatchObject([{ type: 'tickets-failed', failure: { code: 'queue-unavailable' } }]);
  });
});
