import { describe, expect, it } from 'vitest';
import { memoryCircuits } from '../../../../shared/pipeline/circuits/memoryCircuits.ts';
import { noLease, noLedger } from '../../../../shared/pipeline/ledger/noLedger.ts';
import type { CircuitName } from '../../../../shared/pipeline/ports/circuits.ts';
import {
  type Answer,
  announce,
  announceIn,
  bucket,
  FakeDestination,
  failure,
  keyOf,
  logFile,
  rowsOf,
  World,
} from '../fakes.ts';

describe('drain during an outage of the rule', () => {
  it.each([
    'upload-denied',
    'upload-not-found',
    'token-unavailable',
    'upload-unauthorized',
    'upload-unavailable',
  ] as const)('stops receiving at %s, gives back what it holds, and goes on when a probe succeeds', async (code) => {
    const world = new World();
    const mendedAt = world.clock.now() + 100_000;
    const answer = () => (world.clock.now() < mendedAt ? failure(code) : undefined);
    world.rule.answer = answer;
    world.rule.probeAnswer = answer;
    for (let n = 0; n < 30; n++) world.sendFile(`f${n}`, 10);
    const summary = await world.drain();
    expect(summary).toMatchObject({ ended: 'queue-empty', messagesDeleted: 30, rowsAccepted: 300, failure: { code } });
    expect(world.told('circuit-opened')).toMatchObject([{ circuit: 'rule/dcr-1', failure: { code } }]);
    expect(world.told('circuit-closed')).toHaveLength(1);
    expect(new Set(world.told('message-returned').map(({ failure }) => failure.code))).toEqual(
      new Set([code, 'circuit-open']),
    );
  });

  it('tells what piles up at the source, although nothing is received', async () => {
    const world = new World();
    world.rule.answer = () => failure('upload-denied');
    world.rule.probeAnswer = () => failure('upload-denied');
    world.sendFile('first');
    await world.drain();
    for (let n = 0; n < 7; n++) world.sendFile(`f${n}`);
    await world.clock.advance(3_600_000);
    const { ended, inFlight = 0, messagesReceived, waiting = 0 } = await world.drain();
    expect({ ended, messagesReceived, backlog: waiting + inFlight }).toEqual({
      ...{ ended: 'circuit-open', messagesReceived: 0, backlog: 8 },
    });
  });

  it('burns no receives: a day of it sends nothing to the dead-letter queue', async () => {
    const world = new World();
    world.rule.answer = () => failure('upload-denied');
    world.rule.probeAnswer = () => failure('upload-denied');
    for (let n = 0; n < 20; n++) world.sendFile(`f${n}`, 10);
    let receives = 0;
    for (let run = 0; run < 20; run++) {
      const summary = await world.drain();
      expect(summary.ended).toBe('circuit-open');
      receives += summary.receives;
      await world.clock.advance(3_600_000);
    }
    expect(receives).toBeLessThan(5);
    expect(world.queue.messages.size).toBe(20);
    expect(Math.max(...[...world.queue.messages.values()].map(({ receiveCount }) => receiveCount))).toBe(1);
  });

  it('spends hours, not minutes, on receives when probes succeed and uploads do not', async () => {
    const world = new World();
    world.rule.answer = () => failure('upload-denied');
    world.sendFile('a');
    const started = world.clock.now();
    while (world.clock.now() - started < 2 * 3_600_000) {
      await world.drain();
      await world.clock.advance(300_000);
    }
    expect(world.queue.deadLetters).toEqual([]);
    expect(world.queue.messages.get('m-a')?.receiveCount).toBeLessThan(9);
  });

  it('probes before it receives anything when the slice starts with an open circuit', async () => {
    const circuits = memoryCircuits();
    const world = new World({ ports: { circuits } });
    await circuits.save({
      name: { kind: 'rule', rule: 'dcr-1' },
      openedAt: 0,
      because: { code: 'upload-denied', message: 'no role', remedy: 'Assign the role.' },
      nextProbeAt: 0,
      probes: 3,
    });
    world.sendFile('a');
    world.queue.fault = (call) => {
      if (call === 'receive') world.journal.push('receive');
      return undefined;
    };
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1, failure: { code: 'upload-denied' } });
    expect(world.journal[0]).toBe('probe dcr-1');
    expect((await circuits.load()).open).toEqual([]);
  });

  it('probes ever more rarely, at most once a minute', async () => {
    const world = new World();
    const times: number[] = [];
    world.rule.answer = () => failure('upload-not-found');
    world.rule.probeAnswer = () => {
      times.push(world.clock.now());
      return failure('upload-not-found');
    };
    world.sendFile('a');
    expect(await world.drain()).toMatchObject({ ended: 'circuit-open' });
    expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual([
      10_000, 20_000, 40_000, 60_000, 60_000, 60_000,
    ]);
    expect(world.told('circuit-probed').length).toBe(times.length);
  });

  it('uses the other rules when one is out, and the first again once it is back', async () => {
    const world = new World({ settings: { batchBytes: 100, uploadsInFlight: 1 } });
    const second = new FakeDestination('dcr-2', world.clock, world.journal);
    Object.assign(world.ports, { destinations: [world.rule, second] });
    const mendedAt = world.clock.now() + 3_000;
    const answer = () => (world.clock.now() < mendedAt ? failure('upload-denied') : undefined);
    world.rule.answer = answer;
    world.rule.probeAnswer = answer;
    world.sendFile('a', 400);
    expect(await world.drain()).toMatchObject({ rowsAccepted: 400, messagesDeleted: 1, messagesReturned: 0 });
    expect(world.rule.accepted.length).toBeGreaterThan(0);
    expect(second.accepted.length).toBeGreaterThan(world.rule.accepted.length);
  });

  it('forgets the circuit of a rule that is no longer configured', async () => {
    const circuits = memoryCircuits();
    const because = { code: 'upload-denied', message: '' } as const;
    await circuits.save({ name: { kind: 'rule', rule: 'old' }, openedAt: 0, because, nextProbeAt: 0, probes: 0 });
    const world = new World({ ports: { circuits } });
    world.sendFile('a');
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1 });
    expect((await circuits.load()).open).toEqual([]);
  });
});

describe('drain while throttled', () => {
  it('obeys Retry-After, sends less at once, and loses and returns nothing', async () => {
    const world = new World({ settings: { batchBytes: 100 } });
    world.rule.answer = (_rows, request) => (request <= 4 ? failure('upload-throttled', 10_000) : undefined);
    world.sendFile('a', 100);
    expect(await world.drain()).toMatchObject({
      rowsAccepted: 100,
      messagesDeleted: 1,
      messagesReturned: 0,
      rowsOfUnknownOutcome: 0,
    });
    const first = world.rule.requests[0]?.at ?? 0;
    const resumed = world.rule.requests.slice(4);
    expect(resumed.every(({ at }) => at - first >= 10_000)).toBe(true);
    expect(resumed.filter(({ at }) => at === resumed[0]?.at)).toHaveLength(2);
    expect(world.told('upload-retried')).toHaveLength(4);
  });

  it('opens the circuit at a limit that never eases', async () => {
    const world = new World();
    world.rule.answer = () => failure('upload-throttled', 120_000);
    world.rule.probeAnswer = () => failure('upload-throttled');
    world.sendFile('a');
    expect(await world.drain()).toMatchObject({ ended: 'circuit-open', failure: { code: 'upload-throttled' } });
  });
});

describe('drain when uploads fail', () => {
  it('repeats an upload without an answer and counts its rows as possible duplicates', async () => {
    const world = new World();
    world.rule.answer = (_rows, request): Answer => (request === 1 ? 'lost' : undefined);
    world.sendFile('a', 4);
    expect(await world.drain()).toMatchObject({
      rowsAccepted: 4,
      messagesDeleted: 1,
      uploadAttempts: 2,
      rowsOfUnknownOutcome: 4,
      identityHolds: true,
    });
    expect(world.rule.accepted).toHaveLength(8);
  });

  it('halves a body that is too large until it fits, and keeps every row once', async () => {
    const world = new World();
    world.rule.answer = (rows) => (rows.length > 5 ? failure('upload-too-large') : undefined);
    world.sendFile('a', 37);
    expect(await world.drain()).toMatchObject({ rowsAccepted: 37, messagesDeleted: 1 });
    expect([...world.rule.accepted].sort()).toEqual(rowsOf('a', 37).sort());
  });

  it('keeps a message whose single row is too large for the service, without opening a circuit', async () => {
    const world = new World();
    world.rule.answer = (rows) => (rows.some((row) => row.includes('a-3"')) ? failure('upload-too-large') : undefined);
    world.sendFile('a', 8);
    world.sendFile('b', 2);
    expect(await world.drain()).toMatchObject({
      rowsAccepted: 9,
      messagesDeleted: 1,
      messagesReturned: 1,
      recordsLeft: 1,
    });
    expect(world.told('object-failed')).toMatchObject([{ failure: { code: 'upload-too-large' } }]);
    expect(world.told('circuit-opened')).toEqual([]);
  });

  it('finds the rows that are refused while their neighbours are accepted, and blames their objects alone', async () => {
    const world = new World();
    const bad = ['a-3"', 'a-4"', 'b-1"'];
    world.rule.answer = (rows) =>
      rows.some((row) => bad.some((name) => row.includes(name))) ? failure('upload-refused') : undefined;
    for (const name of ['a', 'b', 'c']) world.sendFile(name, 8);
    expect(await world.drain()).toMatchObject({
      ended: 'queue-empty',
      rowsAccepted: 21,
      messagesDeleted: 1,
      messagesReturned: 2,
      objectsFailed: 2,
      recordsLeft: 3,
      identityHolds: true,
    });
    expect(world.told('circuit-opened')).toEqual([]);
    // The code is usually the pipeline's; here the flow has proof against the file.
    expect(world.told('object-failed').map(({ failure: { code, owner } }) => `${code} ${owner}`)).toEqual([
      'upload-refused object',
      'upload-refused object',
    ]);
    expect(new Set(world.told('message-returned').map(({ failure: { owner } }) => owner))).toEqual(new Set(['object']));
  });

  it('blames the rule when it refuses everything, and no object', async () => {
    const world = new World();
    world.rule.answer = () => failure('upload-refused');
    world.rule.probeAnswer = () => failure('upload-refused');
    world.sendFile('a', 8);
    expect(await world.drain()).toMatchObject({ ended: 'circuit-open', objectsFailed: 0, messagesReturned: 1 });
    expect(world.rule.requests).toHaveLength(15);
    expect(world.queue.messages.get('m-a')?.changedTo).toBe(5);
  });

  it.each(['first', 'second'])(
    'blames the %s of two rules when it refuses everything, and no object',
    async (which) => {
      const world = new World({ settings: { objectsInFlight: 32, uploadsInFlight: 2 } });
      const other = new FakeDestination('dcr-2', world.clock, world.journal);
      Object.assign(world.ports, { destinations: which === 'first' ? [other, world.rule] : [world.rule, other] });
      other.answer = () => failure('upload-refused');
      for (let n = 0; n < 300; n++) world.sendFile(`f${n}`);
      expect(await world.drain()).toMatchObject({
        ended: 'queue-empty',
        messagesDeleted: 300,
        messagesReturned: 0,
        objectsFailed: 0,
      });
      expect(world.told('circuit-opened').map(({ circuit }) => circuit)).toEqual(['rule/dcr-2']);
    },
  );

  it('finds refused rows with two rules as well, each among the neighbours that the same rule accepts', async () => {
    const world = new World();
    const other = new FakeDestination('dcr-2', world.clock, world.journal);
    Object.assign(world.ports, { destinations: [world.rule, other] });
    const answer = (rows: readonly string[]) =>
      rows.some((row) => row.includes('a-3"')) ? failure('upload-refused') : undefined;
    world.rule.answer = answer;
    other.answer = answer;
    world.sendFile('a', 16);
    expect(await world.drain()).toMatchObject({ rowsAccepted: 15, objectsFailed: 1, recordsLeft: 1 });
    expect(world.told('circuit-opened')).toEqual([]);
  });

  it.each(['dcr-2', 'dcr-retired'])(
    'works at full speed after the circuit of rule %s closed, while another rule is well',
    async (rule) => {
      const ofWell = await backlogDrained();
      expect(await backlogDrained({ kind: 'rule', rule })).toEqual(ofWell);

      async function backlogDrained(circuit?: CircuitName) {
        const world = new World({ settings: { objectsInFlight: 32 } });
        const other = new FakeDestination('dcr-2', world.clock, world.journal);
        Object.assign(world.ports, { destinations: [world.rule, other] });
        const now = world.clock.now();
        const because = { code: 'upload-denied', message: 'no role' } as const;
        const stored = { openedAt: now - 60_000, nextProbeAt: now - 1_000, probes: 3, because };
        if (circuit !== undefined) await world.ports.circuits.save({ name: circuit, ...stored });
        for (let n = 0; n < 500; n++) world.sendFile(`f${n}`);
        const { ended, messagesDeleted, receives } = await world.drain();
        return { ended, messagesDeleted, receives };
      }
    },
  );
});

describe('drain during an outage of the source', () => {
  it.each(['queue-denied', 'assume-role-denied', 'queue-unavailable', 'identity-unavailable'] as const)(
    'opens the circuit of the source when receiving fails by %s, and goes on after a probe',
    async (code) => {
      const world = new World();
      const mendedAt = world.clock.now() + 60_000;
      world.queue.fault = (call) =>
        world.clock.now() < mendedAt && (call === 'receive' || call === 'probe') ? failure(code) : undefined;
      world.sendFile('a');
      expect(await world.drain()).toMatchObject({ ended: 'queue-empty', messagesDeleted: 1, failure: { code } });
      expect(world.told('circuit-opened')).toMatchObject([{ circuit: 'source' }]);
    },
  );

  it('opens it when reading fails by the credentials, and goes on once the queue accepts them', async () => {
    const world = new World();
    const mendedAt = world.clock.now() + 120_000;
    const fault = () => (world.clock.now() < mendedAt ? failure('credentials-invalid') : undefined);
    world.store.fault = fault;
    world.queue.fault = (call) => (call === 'probe' ? fault() : undefined);
    for (let n = 0; n < 25; n++) world.sendFile(`f${n}`);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 25, rowsAccepted: 75, objectsFailed: 0 });
    expect(world.told('circuit-opened')).toMatchObject([
      { circuit: 'source', failure: { code: 'credentials-invalid' } },
    ]);
  });

  it.each(['object-store-throttled', 'object-store-unavailable', 'object-denied'] as const)(
    'opens it when objects of several prefixes fail by %s and none succeeds, and tries it with other objects',
    async (code) => {
      const world = new World({ settings: { objectsInFlight: 4 } });
      const mendedAt = world.clock.now() + 3_600_000;
      world.store.fault = () => (world.clock.now() < mendedAt ? failure(code) : undefined);
      for (let n = 0; n < 60; n++) {
        const key = world.put(`f${n}`, 3).replace('/11/01/', `/11/0${1 + (n % 5)}/`);
        world.store.objects.set(`${bucket}/${key}`, logFile(rowsOf(`f${n}`, 3)));
        world.queue.send(`m-${n}`, announce(key));
      }
      while (world.clock.now() < mendedAt) await world.drain();
      expect(world.told('circuit-opened').map(({ circuit }) => circuit)).toContain('source');
      const receives = [...world.queue.messages.values()].map(({ receiveCount }) => receiveCount);
      expect(Math.max(...receives)).toBeLessThan(9);
      while (world.queue.messages.size > 0) {
        await world.drain();
        await world.clock.advance(600_000);
      }
      expect(world.queue.deadLetters).toEqual([]);
      expect(new Set(world.rule.accepted).size).toBe(180);
    },
  );

  it('keeps its circuits for the next slice', async () => {
    const circuits = memoryCircuits();
    const world = new World({ ports: { circuits } });
    world.queue.fault = () => failure('queue-denied');
    expect(await world.drain()).toMatchObject({ ended: 'circuit-open' });
    expect((await circuits.load()).open).toMatchObject([
      { name: { kind: 'source' }, because: { code: 'queue-denied' } },
    ]);
  });

  it('opens it when messages cannot be extended', async () => {
    const world = new World({ settings: { heartbeatMs: 1_000 } });
    world.store.latencyMs = 10_000;
    let failures = 1;
    world.queue.fault = (call) => (call === 'changeVisibility' && failures-- > 0 ? failure('queue-denied') : undefined);
    world.sendFile('a');
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1, failure: { code: 'queue-denied' } });
  });
});

describe('drain when one bucket fails', () => {
  it('opens the bucket’s circuit after several objects failed alike, and reads the other buckets on', async () => {
    const world = new World({ settings: { objectsInFlight: 1 } });
    world.store.fault = (object) => (object.bucket === bucket ? undefined : failure('object-kms-denied'));
    for (let n = 0; n < 9; n++) world.queue.send(`kms-${n}`, announceIn('other-logs', keyOf(`k${n}`)));
    for (let n = 0; n < 3; n++) world.sendFile(`f${n}`);
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesDeleted: 3, messagesReturned: 9 });
    expect(world.told('circuit-opened')).toMatchObject([{ circuit: 'bucket/other-logs/object-kms-denied' }]);
    const changed = [...world.queue.messages.values()].map(({ changedTo }) => changedTo);
    // Those that opened it back off by themselves; its trials and all others wait for the bucket, not long while its circuit is young.
    expect(changed).toEqual(Array.from({ length: 9 }, () => 30));
    expect(summary.heldBack).toMatchObject([
      { circuit: 'bucket/other-logs/object-kms-denied', since: expect.any(String), code: 'object-kms-denied' },
    ]);
    expect(summary.heldBack[0]?.objects).toBe(9 - summary.objectsFailed);
    await world.clock.advance(900_000);
    await world.drain();
    const later = [...world.queue.messages.values()].map(({ changedTo }) => changedTo);
    expect(later.filter((seconds) => seconds === 1_800)).toHaveLength(9);
  });

  it('reads it again once an object can be read', async () => {
    const world = new World({ settings: { objectsInFlight: 1 } });
    let isDenied = true;
    world.store.fault = () => (isDenied ? failure('object-denied') : undefined);
    for (let n = 0; n < 6; n++) world.sendFile(`f${n}`);
    await world.drain();
    isDenied = false;
    await world.clock.advance(3_600_000);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 6, rowsAccepted: 18 });
    expect(world.told('circuit-closed')).toHaveLength(1);
  });

  it('stays open while its objects fail alike, each tried in its turn', async () => {
    const world = new World({ settings: { objectsInFlight: 1 } });
    world.store.fault = () => failure('object-denied');
    for (let n = 0; n < 6; n++) world.sendFile(`f${n}`);
    await world.drain();
    await world.clock.advance(3_600_000);
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesDeleted: 0, messagesReturned: 6 });
    expect(world.told('circuit-probed')).not.toHaveLength(0);
    expect(world.told('circuit-closed')).toEqual([]);
  });

  it('does not open for objects that are broken, however many, nor with a success between', async () => {
    const world = new World({ settings: { objectsInFlight: 1 } });
    for (let n = 0; n < 5; n++) world.queue.send(`gone-${n}`, announce(keyOf(`gone-${n}`)));
    world.store.fault = ({ key }) => (/denied/.test(key) ? failure('object-denied') : undefined);
    for (let n = 0; n < 5; n++) {
      world.sendFile(`denied${n}`);
      world.sendFile(`fine${n}`);
    }
    expect(await world.drain()).toMatchObject({ messagesDeleted: 5, objectsFailed: 10 });
    expect(world.told('circuit-opened')).toEqual([]);
  });
});

describe('drain when very many messages back off', () => {
  it('keeps them away for less, and never those that have not failed', async () => {
    const world = new World({ settings: { messagesBackedOff: 15 } });
    for (let n = 0; n < 100; n++) {
      world.queue.send(`m${n}`, announceIn('somebody-elses', keyOf(`x${n}`)));
      const stored = world.queue.messages.get(`m${n}`);
      if (stored !== undefined) stored.receiveCount = 8;
    }
    for (let n = 0; n < 20; n++) world.sendFile(`fine${n}`);
    expect(await world.drain()).toMatchObject({ ended: 'queue-empty', messagesReturned: 100, messagesDeleted: 20 });
    expect(world.told('circuit-opened')).toEqual([]);
    const waits = [...world.queue.messages.values()].map(({ changedTo }) => changedTo ?? 0);
    const long = waits.filter((seconds) => seconds > 900).length;
    expect(long).toBeGreaterThan(0);
    expect(long).toBeLessThanOrEqual(15);
    expect(Math.min(...waits)).toBe(900);
  });

  it('does not count those that wait for a claim: every object may be announced twice', async () => {
    const claimed = new Set<string>();
    const world = new World({
      settings: { messagesBackedOff: 15 },
      ports: {
        ledger: {
          ...noLedger,
          async claim(unit) {
            if (claimed.has(unit.name)) return { kind: 'held', until: world.clock.now() + 60_000 };
            claimed.add(unit.name);
            return { kind: 'granted', lease: noLease(unit) };
          },
        },
      },
    });
    for (let n = 0; n < 100; n++) {
      const key = world.put(`f${n}`, 1);
      world.queue.send(`once-${n}`, announce(key));
      world.queue.send(`twice-${n}`, announce(key));
    }
    expect(await world.drain()).toMatchObject({ ended: 'queue-empty', messagesDeleted: 100, messagesReturned: 100 });
  });
});
