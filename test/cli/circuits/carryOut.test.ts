import { describe, expect, it } from 'vitest';
import { carryOut } from '../../../cli/circuits/carryOut.ts';
import type { KeptCircuits } from '../../../cli/circuits/openCircuits.ts';
import type { SourceCircuit } from '../../../shared/azure/ledger/tableCircuits.ts';
import { circuitText } from '../../../shared/pipeline/ports/circuits.ts';

const now = Date.parse('2026-11-01T12:00:00Z');
const because = { code: 'object-denied', message: 'S3 refused', remedy: 'Allow s3:GetObject.' } as const;
const ofBucket: SourceCircuit = {
  source: 'production',
  circuit: {
    name: { kind: 'bucket', bucket: 'trail', code: 'object-denied' },
    openedAt: now - 3 * 3_600_000,
    because,
    nextProbeAt: now + 15_000,
    probes: 9,
  },
};
const ofSource: SourceCircuit = {
  source: 'staging',
  circuit: {
    ...ofBucket.circuit,
    name: { kind: 'source' },
    because: { code: 'queue-denied', message: 'no\u001b[31m' },
  },
};

function kept(...open: readonly SourceCircuit[]) {
  const removed: string[] = [];
  const circuits: KeptCircuits = {
    list: async () => open,
    remove: async (source, name) => void removed.push(`${source} ${circuitText(name)}`),
  };
  return { circuits, removed };
}

describe('npm run circuits', () => {
  it('says so when nothing is kept waiting', async () => {
    const answer = await carryOut(undefined, kept().circuits, { json: false, now });
    expect(answer).toEqual({ code: 0, text: 'No circuit is open: nothing is kept waiting.\n' });
  });

  it('lists what is open, since when, with its effect, cause and remedy, and nothing that moves a terminal', async () => {
    const { text } = await carryOut(undefined, kept(ofBucket, ofSource).circuits, { json: false, now });
    expect(text).toMatch(/production +bucket\/trail\/object-denied +3 h +objects of trail are read one at a time/);
    expect(text).toMatch(/staging +source +3 h +nothing is received from this source/);
    expect(text).toContain('S3 refused\n    Allow s3:GetObject.');
    expect(text).not.toContain('\u001b');
  });

  it('prints one JSON object', async () => {
    const { text } = await carryOut(undefined, kept(ofBucket).circuits, { json: true, now });
    expect(JSON.parse(text)).toEqual({
      circuits: [
        {
          source: 'production',
          circuit: 'bucket/trail/object-denied',
          effect: 'objects of trail are read one at a time, and most of their messages sent back',
          since: '2026-11-01T09:00:00.000Z',
          nextTrial: '2026-11-01T12:00:15.000Z',
          failedTrials: 9,
          ...because,
        },
      ],
    });
  });

  it.each([false, true])('closes the one that is named, and no other (json: %s)', async (json) => {
    const { circuits, removed } = kept(ofBucket, ofSource);
    const answer = await carryOut({ source: 'staging', circuit: 'source' }, circuits, { json, now });
    expect(removed).toEqual(['staging source']);
    expect(answer.code).toBe(0);
    expect(answer.text).toContain(
      json ? '"closed":[{"source":"staging"' : 'closed from the next slice on: staging source',
    );
  });

  it('closes nothing that is not open, and says so', async () => {
    const { circuits, removed } = kept(ofBucket);
    const answer = await carryOut({ source: 'production', circuit: 'source' }, circuits, { json: false, now });
    expect([answer, removed]).toEqual([{ code: 1, text: 'no such circuit is open: production source\n' }, []]);
  });
});
