import { describe, expect, it } from 'vitest';
import type { Lease, Progress } from '../../../../shared/pipeline/ports/lease.ts';
import { announce, failure, ledgerWith, rowsOf, World } from '../fakes.ts';

/** Remembers how far one object came, as storage would. */
function rememberingLedger() {
  const written: Progress[] = [];
  const keepProgress = async (progress: Progress) => {
    written.push(progress);
    return true;
  };
  const ledger = (acts: Partial<Lease> = {}) => ledgerWith(() => ({ progress: written.at(-1), keepProgress, ...acts }));
  return { ledger, written };
}

describe('keepProgress', () => {
  it('remembers the rows before a break, so that no later reading of the same file repeats them', async () => {
    const { ledger, written } = rememberingLedger();
    const world = new World({ ports: { ledger: ledger() } });
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
    const world = new World({ ports: { ledger: ledger() } });
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
    const world = new World({ ports: { ledger: ledger({ keepProgress: async () => false }) } });
    world.rule.answer = (rows) => (rows.some((row) => row.includes('a-3"')) ? failure('upload-too-large') : undefined);
    world.sendFile('a', 8);

    expect(await world.drain()).toMatchObject({ rowsAccepted: 7, recordsLeft: 1, rowsOfUnknownOutcome: 7 });
  });

  it('is of no use under other selectors, which count other rows', async () => {
    const { ledger, written } = rememberingLedger();
    const world = new World({ ports: { ledger: ledger() } });
    world.queue.send('m', announce(world.put('a', 5, { end: '!\n' })));
    await world.drain();
    const [progress] = written.splice(0);
    if (progress !== undefined) written.push({ ...progress, selectors: 'of another day' });
    await world.clock.advance(40_000);

    expect(await world.drain()).toMatchObject({ rowsAccepted: 5, recordsSuppressed: 0, identityHolds: true });
    expect(written.at(-1)).toMatchObject({ selectors: '' });
  });

  it('writes nothing for an object that is accepted in one body', async () => {
    const { ledger, written } = rememberingLedger();
    const world = new World({ ports: { ledger: ledger() } });
    world.sendFile('a', 8);

    expect(await world.drain()).toMatchObject({ rowsAccepted: 8, rowsOfUnknownOutcome: 0 });
    expect(written).toEqual([]);
  });

  it.each(['keepProgress', 'accept'] as const)(
    'counts every record, and accepted rows as possible duplicates, when %s hangs beyond the end',
    async (call) => {
      const { ledger } = rememberingLedger();
      const world = new World({
        ports: {
          ledger: ledger({ [call]: () => world.clock.sleep(600_000) }),
        },
      });
      world.rule.latencyMs = 3_400;
      world.sendFile('a', call === 'keepProgress' ? 400 : 20);
      const shutdown = new AbortController();
      void world.clock.sleep(2_000).then(() => shutdown.abort());

      const summary = await world.drain(shutdown.signal);

      expect(summary).toMatchObject({ ended: 'shutdown', messagesDeleted: 0, identityHolds: true });
      expect(summary.rowsAccepted).toBeGreaterThan(0);
      expect(summary.rowsOfUnknownOutcome).toBe(summary.rowsAccepted);
    },
  );
});
