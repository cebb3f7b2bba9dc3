import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { OpenRowStream, StubNote } from '../../../../shared/cloudtrail/rows/engine.ts';
import { announcementOf } from '../../../../shared/pipeline/delivery/queue/announcement.ts';
import { noLease, noLedger } from '../../../../shared/pipeline/ledger/noLedger.ts';
import type { Evidence } from '../../../../shared/pipeline/ports/failedEntries.ts';
import type { Claim, Ledger } from '../../../../shared/pipeline/ports/lease.ts';
import type { ReplayedEntries, ReplayedEntry } from '../../../../shared/pipeline/replay/outcome.ts';
import { type ReplayPorts, replay } from '../../../../shared/pipeline/replay/replay.ts';
import { logFile as logFileUnit } from '../../../../shared/pipeline/unit/logFile.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import type { ConnectorEvent } from '../../../../shared/words/events.ts';
import type { Failure } from '../../../../shared/words/failure.ts';
import {
  announce,
  bucket,
  FakeClock,
  FakeDestination,
  FakeStore,
  failure,
  keyOf,
  lineRows,
  logFile,
  usualSettings,
} from '../fakes.ts';

/** Failed entries, a bucket, a ledger and rules: all that a replay meets. */
class Quarantine {
  readonly clock = new FakeClock();
  readonly journal: string[] = [];
  readonly events: ConnectorEvent[] = [];
  readonly store = new FakeStore(this.clock);
  readonly rules = [
    new FakeDestination('dcr-1', this.clock, this.journal),
    new FakeDestination('dcr-2', this.clock, this.journal),
  ] as const;
  readonly kept = new Map<string, ReplayedEntry>();
  readonly states = new Map<string, 'claimed' | 'accepted' | 'failed'>();
  readonly recorded: { readonly evidence: Evidence; readonly code: string }[] = [];
  entryFault: (call: 'read' | 'close', id: string) => Error | undefined = () => undefined;
  ledgerFault: () => Error | undefined = () => undefined;
  openRows: OpenRowStream = lineRows;

  /** An entry of a message that announces these files; without files, one of `body`. */
  add(id: string, names: readonly string[], entry: Partial<ReplayedEntry> = {}): this {
    const key = keyOf(names[0] ?? '');
    const body = announce(...names.map(keyOf));
    this.kept.set(id, {
      id,
      state: 'open',
      bucket,
      key,
      messageId: 'm-1',
      receiveCount: 4,
      stubCount: 0,
      body,
      ...entry,
    });
    return this;
  }

  put(name: string, rows: readonly string[], end?: string): this {
    this.store.objects.set(
      `${bucket}/${keyOf(name)}`,
      logFile(
        rows.map((row) => JSON.stringify(row)),
        end,
      ),
    );
    return this;
  }

  get rows(): readonly string[] {
    return this.rules.flatMap(({ accepted }) => accepted.map((row) => String(JSON.parse(row)))).sort();
  }

  async replay(ids: readonly string[], { again = false, signal = new AbortController().signal } = {}) {
    const ports: ReplayPorts = {
      clock: this.clock,
      announcementIn: (body) => announcementOf(body, { objects: this.store, allowedBuckets: [bucket, 'other-logs'] }),
      unitNamed: (name) => logFileUnit(name, this.store),
      destinations: this.rules,
      ledger: this.#ledger(),
      failedEntries: {
        recordDelivery: async (_source, evidence, failure) => {
          this.#record(evidence, failure);
          return undefined;
        },
      },
      entries: this.#entries(),
      report: (event) => this.events.push(event),
      random: () => 0.5,
      // In place: the fake clock moves while the thread pool works.
      compress: async (bytes, level) => gzipSync(bytes, { level }),
    };
    return await this.clock.run(replay(ports, usualSettings, this.openRows, { ids, again }, signal));
  }

  #entries(): ReplayedEntries {
    const check = (call: 'read' | 'close', id: string) => {
      const error = this.entryFault(call, id);
      if (error !== undefined) throw error;
    };
    return {
      readFailed: async (id) => {
        check('read', id);
        return this.kept.get(id);
      },
      closeFailed: async (id, state) => {
        check('close', id);
        this.journal.push(`close ${id}`);
        const entry = this.kept.get(id);
        if (entry !== undefined) this.kept.set(id, { ...entry, state });
      },
    };
  }

  #ledger(): Ledger {
    return {
      ...noLedger,
      claim: async (unit): Promise<Claim> => {
        const { name } = unit;
        const error = this.ledgerFault();
        if (error !== undefined) throw error;
        const state = this.states.get(name);
        if (state === 'claimed') return { kind: 'held', until: this.clock.now() + 60_000 };
        if (state !== 'accepted') this.states.set(name, 'claimed');
        return {
          kind: 'granted',
          lease: {
            ...noLease(unit),
            accepted: state === 'accepted' ? { identity: {}, rows: 1 } : undefined,
            accept: async () => {
              this.states.set(name, 'accepted');
              for (const entry of this.kept.values()) {
                if (entry.key === name && entry.id.startsWith('o'))
                  this.kept.set(entry.id, { ...entry, state: 'delivered' });
              }
            },
            fail: async () => {
              this.states.set(name, 'failed');
            },
            release: async () => {
              if (state !== 'accepted') this.states.delete(name);
            },
          },
        };
      },
    };
  }

  #record(evidence: Evidence, { error }: Failure): void {
    this.recorded.push({ evidence, code: error instanceof ConnectorError ? error.code : error.name });
  }
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `o${index}`);

describe('replay', () => {
  it('closes an entry after its rows are accepted, and not before', async () => {
    const quarantine = new Quarantine().put('a', ['a1', 'a2']).add('m', ['a']);

    const outcomes = await quarantine.replay(['m']);

    expect(outcomes).toEqual([{ kind: 'delivered', id: 'm', rows: 2, accepted: 1, suppressed: 0, skipped: 0 }]);
    expect(quarantine.rows).toEqual(['a1', 'a2']);
    expect(quarantine.journal.map((line) => line.split(' ')[0])).toEqual(['accept', 'close']);
  });

  it('serves any number of entries, each once, and answers in the order asked', async () => {
    const quarantine = new Quarantine();
    const asked = ids(250);
    for (const id of asked) quarantine.put(id, [id]).add(id, [id], { body: announce(keyOf(id)) });

    const outcomes = await quarantine.replay(asked);

    expect(outcomes.map(({ id, kind }) => [id, kind])).toEqual(asked.map((id) => [id, 'delivered']));
    expect(quarantine.rows).toEqual(asked.toSorted());
  });

  it('tries a message once for all entries that hold it, and tells each its own fate', async () => {
    const quarantine = new Quarantine().put('good', ['g1']).put('bad', ['b1'], '');
    const body = announce(keyOf('good'), keyOf('bad'));
    quarantine.add('o-good', ['good'], { body }).add('o-bad', ['bad'], { body }).add('m-both', ['bad'], { body });

    const outcomes = await quarantine.replay(['o-good', 'o-bad', 'm-both']);

    expect(outcomes.map(({ id, kind }) => [id, kind])).toEqual([
      ['o-good', 'delivered'],
      ['o-bad', 'failed'],
      ['m-both', 'failed'],
    ]);
    expect(quarantine.recorded).toMatchObject([
      { code: 'json-invalid', evidence: { id: 'm-1', receiveCount: 4, body } },
    ]);
    expect(quarantine.journal.filter((line) => line.startsWith('close'))).toEqual([]);
  });

  it('closes an entry whose message was delivered a moment ago', async () => {
    const quarantine = new Quarantine().put('a', ['a1']);
    const asked = ids(12);
    for (const id of asked) quarantine.add(id, ['a'], { body: announce(keyOf('a')), key: keyOf(id) });

    const outcomes = await quarantine.replay(asked);

    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['delivered']));
    expect(quarantine.rows).toEqual(['a1']);
    expect(quarantine.journal.filter((line) => line.startsWith('close'))).toHaveLength(12);
  });

  it('sends an object once that two messages announce, even when told to send again', async () => {
    const quarantine = new Quarantine().put('a', ['a1']).put('b', ['b1']);
    quarantine.add('m1', ['a']).add('m2', ['a', 'b']);

    const outcomes = await quarantine.replay(['m1', 'm2'], { again: true });

    expect(outcomes.map(({ kind }) => kind)).toEqual(['delivered', 'delivered']);
    expect(quarantine.rows).toEqual(['a1', 'b1']);
  });

  it('leaves out what was accepted before, unless told to send it again', async () => {
    const quarantine = new Quarantine().put('a', ['a1']).add('m', ['a']);
    quarantine.states.set(keyOf('a'), 'accepted');

    const [suppressed] = await quarantine.replay(['m']);
    const [closed] = await quarantine.replay(['m']);
    const [sent] = await quarantine.replay(['m'], { again: true });

    expect(suppressed).toMatchObject({ kind: 'delivered', rows: 0, suppressed: 1 });
    expect(closed).toEqual({ kind: 'missing', id: 'm', reason: 'it was delivered since' });
    expect(sent).toMatchObject({ kind: 'delivered', rows: 1, accepted: 1 });
    expect(quarantine.rows).toEqual(['a1']);
  });

  it('leaves an object alone that another instance is reading', async () => {
    const quarantine = new Quarantine().put('a', ['a1']).add('m', ['a']);
    quarantine.states.set(keyOf('a'), 'claimed');

    const outcomes = await quarantine.replay(['m']);

    expect(outcomes).toMatchObject([{ kind: 'left', failure: { code: 'claim-held' } }]);
    expect(quarantine.kept.get('m')).toMatchObject({ state: 'open' });
  });

  it('counts the attempt of an entry whose row is refused alone', async () => {
    const world = new Quarantine().put('a', ['1', '2', '3', '4']).add('e', ['a']);
    for (const rule of world.rules) {
      rule.answer = (rows) => (rows.includes('"3"') ? failure('upload-refused') : undefined);
    }
    const outcomes = await world.replay(['e']);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'upload-refused', owner: 'object' } }]);
    expect(world.rows).toEqual(['1', '2', '4']);
  });

  it.each([
    [
      'a rule that refuses all',
      (q: Quarantine) =>
        q.rules.forEach((rule) => {
          rule.answer = () => failure('upload-denied');
        }),
      'upload-denied',
    ],
    [
      'credentials',
      (q: Quarantine) => {
        q.store.fault = () => failure('assume-role-denied');
      },
      'assume-role-denied',
    ],
    [
      'a ledger',
      (q: Quarantine) => {
        q.ledgerFault = () => failure('storage-unavailable');
      },
      'storage-unavailable',
    ],
    [
      'failed entries',
      (q: Quarantine) => {
        q.entryFault = () => failure('storage-unavailable');
      },
      'storage-unavailable',
    ],
  ] as const)('stops at the failure of %s within seconds, counting it against no entry', async (_, breakIt, code) => {
    const quarantine = new Quarantine();
    const asked = ids(40);
    for (const id of asked) quarantine.put(id, [id]).add(id, [id]);
    breakIt(quarantine);
    const startedAt = quarantine.clock.now();

    const outcomes = await quarantine.replay(asked);

    expect(outcomes.map((outcome) => outcome.kind === 'left' && outcome.failure.code)).toEqual(asked.map(() => code));
    expect([quarantine.rows, quarantine.recorded]).toEqual([[], []]);
    expect(quarantine.clock.now() - startedAt).toBeLessThan(10_000);
  });

  it('goes on while one of several rules accepts rows', async () => {
    const quarantine = new Quarantine();
    const asked = ids(30);
    for (const id of asked) quarantine.put(id, [`${id}-${'x'.repeat(300)}`]).add(id, [id]);
    const [refusing] = quarantine.rules;
    refusing.answer = () => failure('upload-denied');
    refusing.probeAnswer = () => failure('upload-denied');

    const outcomes = await quarantine.replay(asked);

    expect(outcomes.filter(({ kind }) => kind === 'delivered').length).toBeGreaterThan(20);
    expect(quarantine.rules[1].accepted.length).toBeGreaterThan(20);
  });

  it('tells that an entry could not be closed, although its rows are accepted', async () => {
    const quarantine = new Quarantine().put('a', ['a1']).add('m', ['a']);
    quarantine.entryFault = (call) => (call === 'close' ? failure('storage-unavailable') : undefined);

    const outcomes = await quarantine.replay(['m']);

    expect(outcomes).toMatchObject([{ kind: 'left', failure: { code: 'storage-unavailable' } }]);
    expect(quarantine.rows).toEqual(['a1']);
  });

  it('keeps a failure that it cannot look at once more', async () => {
    const quarantine = new Quarantine().put('a', [], '').add('m', ['a']);
    let reads = 0;
    quarantine.entryFault = () => (++reads > 1 ? failure('storage-unavailable') : undefined);

    expect(await quarantine.replay(['m'])).toMatchObject([{ kind: 'failed', failure: { code: 'json-invalid' } }]);
  });

  it('counts an unknown message against its entry', async () => {
    const quarantine = new Quarantine().add('m', [], { body: '{"hello":1}' });

    expect(await quarantine.replay(['m'])).toMatchObject([
      { kind: 'failed', failure: { code: 'notification-unknown' } },
    ]);
    expect(quarantine.recorded).toMatchObject([{ evidence: { id: 'm-1', receiveCount: 4 } }]);
  });

  it('returns everything when it is interrupted', async () => {
    const quarantine = new Quarantine().put('a', ['a1']).add('m', ['a']);

    const outcomes = await quarantine.replay(['m'], { signal: AbortSignal.abort() });

    expect(outcomes).toMatchObject([{ kind: 'left', failure: { code: 'slice-ended' } }]);
  });

  it('says so when there is no such entry, or nothing to replay of it', async () => {
    const quarantine = new Quarantine().add('closed', ['a'], { state: 'closed' });
    quarantine.kept.set('bare', { id: 'bare', state: 'open', stubCount: 0 });

    const outcomes = await quarantine.replay(['absent', 'closed', 'bare']);

    expect(outcomes.map((outcome) => outcome.kind === 'missing' && outcome.reason)).toEqual([
      'there is no such failed entry',
      'it was closed',
      'its message is not kept any more',
    ]);
  });

  it('passes on the events that no outcome tells', async () => {
    const quarantine = new Quarantine().put('a', ['a1']).add('m', ['a']);

    await quarantine.replay(['m']);

    expect(quarantine.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['object-accepted', 'message-acknowledged', 'slice-finished']),
    );
  });

  describe('of a stub', () => {
    const note: StubNote = { offset: 7, reason: 'record-too-deep' };
    const withStubs: OpenRowStream = (context) => {
      const stream = lineRows(context);
      return {
        feed: (piece, body) => stream.feed(piece, body),
        resume: (body) => stream.resume(body),
        end: (body) => stream.end(body),
        get counts() {
          return stream.counts;
        },
        stubs: [note],
      };
    };
    const stubbed = () => {
      const quarantine = new Quarantine().put('a', ['a1', 'x'.repeat(700), 'y'.repeat(700)]);
      const { body: _, ...entry } = {
        id: 's',
        state: 'open',
        bucket,
        key: keyOf('a'),
        stubCount: 1,
        body: '',
      } as const;
      quarantine.kept.set('s', entry);
      quarantine.states.set(keyOf('a'), 'accepted');
      return quarantine;
    };

    it('reads the object, says what it found, and sends nothing', async () => {
      const quarantine = stubbed();
      quarantine.openRows = withStubs;

      const still = await quarantine.replay(['s']);
      quarantine.openRows = lineRows;
      const whole = await quarantine.replay(['s']);

      expect(still).toEqual([{ kind: 'read', id: 's', records: 3, rows: 0, stubs: [note] }]);
      expect(whole).toEqual([{ kind: 'read', id: 's', records: 3, rows: 0, stubs: [] }]);
      expect([quarantine.rows, quarantine.kept.get('s')?.state]).toEqual([[], 'open']);
    });

    it('sends the file again when asked to, and closes the entry if all its records are whole', async () => {
      const quarantine = stubbed();

      expect(await quarantine.replay(['s'], { again: true })).toMatchObject([{ kind: 'delivered', rows: 3 }]);
      expect(quarantine.kept.get('s')).toMatchObject({ state: 'delivered' });
    });

    it('stays open when the file was sent again and tells no more than before', async () => {
      const quarantine = stubbed();
      quarantine.openRows = withStubs;

      const outcomes = await quarantine.replay(['s'], { again: true });

      expect(outcomes).toEqual([{ kind: 'read', id: 's', records: 3, rows: 3, stubs: [note] }]);
      expect(quarantine.kept.get('s')).toMatchObject({ state: 'open' });
    });

    it('fails when the object is there no more', async () => {
      const quarantine = stubbed();
      quarantine.store.objects.clear();

      expect(await quarantine.replay(['s'])).toMatchObject([{ kind: 'failed', failure: { code: 'object-not-found' } }]);
    });

    it('fails for itself when S3 does not answer for its object', async () => {
      const quarantine = stubbed();
      quarantine.store.fault = () => new ConnectorError('object-store-unavailable', 'no answer');

      expect(await quarantine.replay(['s'])).toMatchObject([
        { kind: 'failed', failure: { code: 'object-store-unavailable' } },
      ]);
    });
  });
});
