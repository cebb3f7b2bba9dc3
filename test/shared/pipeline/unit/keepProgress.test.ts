import { describe, expect, it } from 'vitest';
import { noLedger } from '../../../../shared/pipeline/ledger/noLedger.ts';
import type { Ledger, ObjectProgress } from '../../../../shared/pipeline/ports/ports.ts';
import { announce, failure, rowsOf, World } from '../fakes.ts';

/** Remembers how far one object came, as storage would. */
function rememberingLedger() {
  const written: ObjectProgress[] = [];
  const ledger: Ledger = {
    ...noLedger,
    claim: async (object) => {
      const progress = written.at(-1);
      return { kind: 'claimed', claim: { object, token: '' }, ...(progress === undefined ? {} : { progress }) };
    },
    recordProgress: async (_, progress) => {
      written.push(progress);
      return true;
    },
  };
  return { ledger, written };
}

describe('keepProgress', () => {
  it('remembers the rows before a break, so that no later reading of the same file repeats them', async () => {
    const { ledger, written } = rememberingLedger();
    const world = new World({ ports: { ledger } });
    world.queue.send('m', announce(world.put('a', 5, { end: '!\n' })));

    const first = await world.drain();
    await world.clock.advance(40_000);
    const second = await world.drain();

    expect(written.map(({ accepted }) => `${accepted}`)).toEqual(['0-5']);
    expect([first.rowsAccepted, second.rowsAccepted, second.recordsSuppressed]).toEqual([5, 0, 5]);
    expect([first, second].every((summary) => summary.identityHolds && summary.rowsOfUnknownOutcome === 0)).toBe(true);
  });

  it('remembers the rows behind a refused one as well: only the refused one is sent again', async () => {
    const { ledger, written } = rememberingLedger();
    const world = new World({ ports: { ledger } });
    world.rule.answer = (rows) => (rows.some((row) => row.includes('a-3"')) ? failure('upload-too-large') : undefined);
    world.sendFile('a', 8);

    const first = await world.drain();
    await world.clock.advance(40_000);
    await world.drain();

    expect(`${written.at(-1)?.accepted}`).toBe('0-3,4-8');
    expect(first).toMatchObject({ rowsAccepted: 7, recordsLeft: 1, rowsOfUnknownOutcome: 0 });
    expect(world.rule.accepted.toSorted()).toEqual(rowsOf('a', 8).toSpliced(3, 1));
  });

  it('counts what the ledger could not write down as possible duplicates', async () => {
    const { ledger } = rememberingLedger();
    const world = new World({ ports: { ledger: { ...ledger, recordProgress: async () => false } } });
    world.rule.answer = (rows) => (rows.some((row) => row.includes('a-3"')) ? failure('upload-too-large') : undefined);
    world.sendFile('a', 8);

    expect(await world.drain()).toMatchObject({ rowsAccepted: 7, recordsLeft: 1, rowsOfUnknownOutcome: 7 });
  });

  it('writes nothing for an object that is accepted in one body', async () => {
    const { ledger, written } = rememberingLedger();
    const world = new World({ ports: { ledger } });
    world.sendFile('a', 8);

    expect(await world.drain()).toMatchObject({ rowsAccepted: 8, rowsOfUnknownOutcome: 0 });
    expect(written).toEqual([]);
  });

  it.each(['recordProgress', 'recordAccepted'] as const)(
    'counts every record, and accepted rows as possible duplicates, when %s hangs beyond the end',
    async (call) => {
      const { ledger } = rememberingLedger();
      const world = new World({
        ports: {
          ledger: { ...ledger, [call]: () => world.clock.sleep(600_000) },
        },
      });
      world.rule.latencyMs = 3_400;
      world.sendFile('a', call === 'recordProgress' ? 400 : 20);
      const shutdown = new AbortController();
      void world.clock.sleep(2_000).then(() => shutdown.abort());

      const summary = await world.drain(shutdown.signal);

      expect(summary).toMatchObject({ ended: 'shutdown', messagesDeleted: 0, identityHolds: true });
      expect(summary.rowsAccepted).toBeGreaterThan(0);
      expect(summary.rowsOfUnknownOutcome).toBe(summary.rowsAccepted);
    },
  );
});
