import { describe, expect, it } from 'vitest';
import { memoryCircuits } from '../../../../shared/pipeline/circuits/memoryCircuits.ts';
import { drain } from '../../../../shared/pipeline/drain/drain.ts';
import type { DrainPorts } from '../../../../shared/pipeline/ports/ports.ts';
import type { Settlement } from '../../../../shared/pipeline/ports/settlement.ts';
import type { Delivery, OpenSource, Source } from '../../../../shared/pipeline/ports/source.ts';
import type { Unit } from '../../../../shared/pipeline/ports/unit.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import { FakeClock, FakeDestination, failure, lineRows, rowsOf, usualSettings } from '../fakes.ts';
import { FakeEntries, instanceOver, memoryStore } from '../ledger/support.ts';

/** One hour of events, as a lookup would page through them: no object, no gzip, no message. */
interface Window {
  readonly hour: number;
  readonly records: readonly string[];
  readonly end: string;
}

/** Time windows of records in memory. What is acknowledged moves the mark; what is returned waits. */
class WindowSource implements Source, OpenSource {
  readonly name = 'lookup';
  readonly mostPerReceive = 3;
  readonly windows = new Map<number, Window>();
  readonly settlements: string[] = [];
  readonly #clock: FakeClock;
  readonly #out = new Set<number>();
  readonly #waits = new Map<number, number>();
  /** Acknowledged windows are served again, as after a crash before the mark was moved. */
  forgets = false;
  isDown = false;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  add(hour: number, records: readonly string[], end = '.\n'): void {
    this.windows.set(hour, { hour, records, end });
  }

  open(): OpenSource {
    this.#out.clear();
    return this;
  }

  async receive(
    { most, waitSeconds }: { readonly most: number; readonly waitSeconds: number },
    signal: AbortSignal,
  ): Promise<readonly Delivery[]> {
    if (this.isDown) throw failure('queue-denied');
    const now = this.#clock.now();
    const isDue = ({ hour }: Window) => !this.#out.has(hour) && (this.#waits.get(hour) ?? 0) <= now;
    const due = [...this.windows.values()].filter(isDue).slice(0, most);
    // As asked: a source that answers "nothing" at once would be asked again and again.
    if (due.length === 0) await this.#clock.sleep(1000 * waitSeconds, signal);
    for (const { hour } of due) this.#out.add(hour);
    return due.map((window) => this.#delivery(window));
  }

  async keepHeld(): Promise<void> {}

  async probe(): Promise<void> {
    if (this.isDown) throw failure('queue-denied');
  }

  async measureBacklog() {
    return { visible: this.windows.size, inFlight: this.#out.size };
  }

  #delivery({ hour, records, end }: Window): Delivery {
    const lost = new AbortController();
    return {
      id: `window-${hour}`,
      receivedAt: this.#clock.now(),
      evidence: { id: `window-${hour}`, body: JSON.stringify({ hour }), receiveCount: 1, entry: `window-${hour}` },
      isLast: async () => false,
      announcement: () => ({ units: [{ fate: 'ingest', unit: unitOf(hour, records, end) }], faults: [], nothing: [] }),
      lost: lost.signal,
      lose: (because) => lost.abort(new Error(because)),
      settle: async (settlement) => this.#settle(hour, settlement),
    };
  }

  #settle(hour: number, settlement: Settlement) {
    this.settlements.push(`${hour} ${settlement.kind}`);
    if (settlement.kind === 'acknowledged') {
      if (this.forgets) return { kind: 'kept', refused: 'the mark is not stored' } as const;
      this.windows.delete(hour);
      return { kind: 'done' } as const;
    }
    this.#waits.set(hour, this.#clock.now() + 30_000);
    this.#out.delete(hour);
    return { kind: 'returned', comesAgainInSeconds: 30 } as const;
  }
}

function unitOf(hour: number, records: readonly string[], end: string): Unit {
  const description = { sourceObject: `lookup-${hour}`, deliveredAt: '2026-11-01T00:00:00Z' };
  return {
    scope: 'lookup/eu-west-1',
    name: `2026-11-01/${hour}`,
    title: `the events of hour ${hour}`,
    at: { source: 'lookup' },
    ...description,
    places: 1,
    open: async () => ({
      found: description,
      etag: undefined,
      encoding: 'plain',
      chunks: chunksOf(records, end),
      close: () => undefined,
    }),
  };
}

async function* chunksOf(records: readonly string[], end: string): AsyncGenerator<Uint8Array> {
  for (const record of records) yield Buffer.from(`${record}\n`);
  yield Buffer.from(end);
}

class Lookup {
  readonly clock = new FakeClock();
  readonly source = new WindowSource(this.clock);
  readonly rule = new FakeDestination('dcr-1', this.clock, []);
  readonly store = memoryStore(this.clock);
  readonly entries = new FakeEntries();
  readonly events: string[] = [];

  drain(report: DrainPorts['report'] = ({ type }) => this.events.push(type)) {
    const ledgerClock = { time: 0, now: () => this.clock.now() };
    const ports: DrainPorts = {
      clock: this.clock,
      source: this.source,
      destinations: [this.rule],
      ledger: instanceOver(this.store, ledgerClock, { failedEntries: this.entries, source: 'lookup' }),
      failedEntries: this.entries,
      circuits: memoryCircuits(),
      report,
      random: () => 0.5,
      compress: async (bytes) => (await import('node:zlib')).gzipSync(bytes),
    };
    const settings = { ...usualSettings, source: 'lookup' };
    return this.clock.run(drain(ports, settings, lineRows, new AbortController().signal));
  }
}

describe('drain of a source that is no queue, of units that are no objects', () => {
  it('delivers every record, and tells the source what became of each window', async () => {
    const world = new Lookup();
    for (let hour = 0; hour < 7; hour++) world.source.add(hour, rowsOf(`h${hour}`, 20));
    expect(await world.drain()).toMatchObject({
      source: 'lookup',
      ended: 'queue-empty',
      messagesReceived: 7,
      messagesDeleted: 7,
      objectsAccepted: 7,
      records: 140,
      rowsAccepted: 140,
      identityHolds: true,
    });
    expect(world.source.windows.size).toBe(0);
    expect([...world.store.entries.values()].map(({ entry }) => entry.state)).toEqual(Array(7).fill('accepted'));
  });

  it('suppresses a window that comes again although all of it was accepted', async () => {
    const world = new Lookup();
    world.source.add(0, rowsOf('a', 5));
    world.source.forgets = true;
    expect(await world.drain()).toMatchObject({ objectsAccepted: 1, messagesDeleted: 0 });
    world.source.forgets = false;
    expect(await world.drain()).toMatchObject({ objectsSuppressed: 1, rowsAccepted: 0, messagesDeleted: 1 });
    expect(world.rule.accepted).toEqual(rowsOf('a', 5));
  });

  it('lets a broken window fail alone, with a failed entry that is closed once it is delivered', async () => {
    const world = new Lookup();
    world.source.add(0, rowsOf('a', 5), '!\n');
    world.source.add(1, rowsOf('b', 5));
    expect(await world.drain()).toMatchObject({ objectsAccepted: 1, objectsFailed: 1, identityHolds: true });
    expect(world.source.settlements).toEqual(['1 acknowledged', '0 returned']);
    expect(world.entries.recorded).toEqual(['lookup/window-0 json-invalid']);
    world.source.add(0, rowsOf('c', 5));
    await world.clock.advance(60_000);
    expect(await world.drain()).toMatchObject({ objectsAccepted: 1, identityHolds: true });
    expect(world.entries.closed).toEqual(['lookup/window-0']);
    expect(world.rule.accepted).toEqual(expect.arrayContaining([...rowsOf('b', 5), ...rowsOf('c', 5)]));
  });

  it('stops receiving when the source itself is out of order, and goes on after a probe', async () => {
    const world = new Lookup();
    world.source.add(0, rowsOf('a', 5));
    world.source.isDown = true;
    void world.clock.sleep(60_000).then(() => {
      world.source.isDown = false;
    });
    expect(await world.drain()).toMatchObject({
      ended: 'queue-empty',
      rowsAccepted: 5,
      failure: { code: 'queue-denied' },
    });
    expect(world.events).toContain('circuit-closed');
  });

  it('gives windows back while the rule refuses everything, and loses none', async () => {
    const world = new Lookup();
    for (let hour = 0; hour < 4; hour++) world.source.add(hour, rowsOf(`h${hour}`, 3));
    world.rule.answer = (_, request) => (request < 20 ? new ConnectorError('upload-denied', 'no role yet') : undefined);
    expect(await world.drain()).toMatchObject({ objectsFailed: 0, identityHolds: true });
    await world.clock.advance(60_000);
    world.rule.answer = () => undefined;
    await world.drain();
    expect(world.source.windows.size).toBe(0);
    expect(new Set(world.rule.accepted).size).toBe(12);
  });

  it('works alike when nobody is told anything', async () => {
    const summaries = [];
    for (const isTold of [true, false]) {
      const world = new Lookup();
      for (let hour = 0; hour < 5; hour++) world.source.add(hour, rowsOf(`h${hour}`, 4), hour === 2 ? '!\n' : '.\n');
      summaries.push(await (isTold ? world.drain() : world.drain(() => undefined)));
    }
    expect(summaries[1]).toEqual(summaries[0]);
  });
});
