import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import { expiry } from '../../../../shared/azure/ledger/expiry.ts';
import type { NamedUnit } from '../../../../shared/pipeline/ports/unit.ts';
import { unitOf } from '../../../../shared/pipeline/unit/logFile.ts';
import { content, kindOf, leaseOn, movedClock, unitNamed } from '../../pipeline/ledger/support.ts';
import { instancesOver, opened } from './support.ts';

let local: LocalStorage;
beforeAll(async () => {
  local = await startStorage();
});
afterAll(() => local.stop());

const day = 86_400_000;
const running = new AbortController().signal;

function world() {
  const clock = movedClock();
  const instances = instancesOver(opened(local, clock), clock);
  const ledger = instances.instance();
  return {
    clock,
    ledger,
    table: instances.table,
    accept: async (...units: NamedUnit[]) => {
      const leases = await Promise.all(units.map((unit) => leaseOn(ledger, unit, clock)));
      await Promise.all(leases.map((lease) => lease.accept(content(), [])));
    },
    kindOf: async (unit: NamedUnit) => kindOf(await ledger.claim(unit, clock.now())),
  };
}

describe('expiry', () => {
  it('deletes what nobody has written for 35 days, and nothing before', async () => {
    const { accept, clock, kindOf, ledger } = world();
    const objects = Array.from({ length: 150 }, (_, index) => unitNamed(`n${index}`));
    await accept(...objects);
    clock.time += 34 * day;
    expect(await ledger.purgeExpired(clock.now(), running)).toBe(0);
    clock.time += 2 * day;
    const young = unitNamed('young', '20261205');
    await accept(young);
    expect(await ledger.purgeExpired(clock.now(), running)).toBe(150);
    expect(await ledger.purgeExpired(clock.now(), running)).toBe(0);
    expect(await kindOf(unitNamed('n0'))).toBe('granted');
    expect(await kindOf(young)).toBe('accepted');
  });

  it('keeps entries of old deliveries that were recorded lately', async () => {
    const { accept, clock, kindOf, ledger } = world();
    const backfilled = unitNamed('old', '20240101');
    await accept(backfilled);
    clock.time += 20 * day;
    expect(await ledger.purgeExpired(clock.now(), running)).toBe(0);
    expect(await kindOf(backfilled)).toBe('accepted');
    clock.time += 20 * day;
    expect(await ledger.purgeExpired(clock.now(), running)).toBe(1);
  });

  it('deletes entries whose names tell no day, or one that is still to come', async () => {
    const { accept, clock, ledger } = world();
    const undated = unitOf({
      bucket: 'trail',
      key: 'AWSLogs/1/CloudTrail/eu-central-1/2026/11/01/named-by-hand.json.gz',
    });
    await accept(undated, unitNamed('future', '20991231'));
    clock.time += 36 * day;
    await accept(unitNamed('today', '20261207'));
    expect(await ledger.purgeExpired(clock.now(), running)).toBe(2);
  });

  it('does a bounded piece of work, and goes on with the next call where it stopped', async () => {
    const { clock, table } = world();
    const recordedAt = new Date(clock.now());
    for (let from = 0; from < 1_300; from += 100) {
      const rows = Array.from({ length: 100 }, (_, index) => ({
        partitionKey: '20261101-0',
        rowKey: `${from + index}`,
      }));
      await table.writeTogether(rows.map((row) => ({ kind: 'insert', entity: { ...row, recordedAt } })));
    }
    const purge = expiry(table);
    const soon = AbortSignal.abort();
    expect(await purge(clock.now() + 36 * day, soon)).toBe(1_000);
    expect(await purge(clock.now() + 36 * day, soon)).toBe(300);
  });

  it('does not mind that another instance deletes the same entries', async () => {
    const { accept, clock, table } = world();
    await accept(...Array.from({ length: 20 }, (_, index) => unitNamed(`n${index}`)));
    const later = clock.now() + 36 * day;
    await Promise.all([expiry(table)(later, running), expiry(table)(later, running)]);
    expect(await expiry(table)(later, running)).toBe(0);
  });
});
