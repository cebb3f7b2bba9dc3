import { describe, expect, it } from 'vitest';
import { secondsUntilVisible } from '../../../../../shared/pipeline/delivery/queue/visibility.ts';
import type { Fate } from '../../../../../shared/pipeline/ports/settlement.ts';

const hour = 3_600;

function seconds(fate: Fate, receiveCount: number, heldSeconds = 0, isShutdown = false): number {
  return secondsUntilVisible({ receiveCount, receivedAt: 0 }, fate, {
    now: heldSeconds * 1000,
    isShutdown,
    mostSeconds: Number.POSITIVE_INFINITY,
  });
}

const tenReceives = (fate: Fate) => Array.from({ length: 10 }, (_, index) => seconds(fate, index + 1));

describe('secondsUntilVisible', () => {
  it('spares the receives of a message that waits for its bucket: ten of them outlast a weekend', () => {
    const waits = tenReceives({ kind: 'after-bucket', since: -900_000 });
    expect(waits.slice(0, 5)).toEqual([900, 1_800, 3_600, 7_200, 14_400]);
    const shortest = tenReceives({ kind: 'after-bucket', since: 0 });
    for (const each of [waits, shortest]) {
      expect(each.slice(5).every((wait) => wait === 12 * hour - 60)).toBe(true);
      expect(each.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(59 * hour);
    }
  });

  it('brings back soon whoever met the circuit of its bucket young: it may close a moment later', () => {
    const waits = tenReceives({ kind: 'after-bucket', since: -899_000 });
    expect(waits.slice(0, 5)).toEqual([30, 60, 120, 240, 480]);
  });

  it('lets a failure of its own back off over some hours', () => {
    const waits = tenReceives({ kind: 'back-off' });
    expect(waits.slice(0, 3)).toEqual([30, 60, 120]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(6 * hour);
  });

  it('outlasts any slice of another instance while that one extends its lease', () => {
    const waits = tenReceives({ kind: 'at', time: 30_000 });
    expect(waits.slice(0, 5)).toEqual([30, 30, 30, 40, 80]);
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(3_000);
  });

  it('gives back soon what the pipeline failed, and at once what nobody tried', () => {
    expect(seconds({ kind: 'soon', wasTried: false }, 1)).toBe(0);
    expect(seconds({ kind: 'soon', wasTried: true }, 3)).toBe(5);
    expect(seconds({ kind: 'soon', wasTried: true }, 4)).toBe(240);
    expect(seconds({ kind: 'soon', wasTried: true }, 4, 0, true)).toBe(0);
  });

  it('never holds a message beyond the twelve hours since its receive', () => {
    for (const held of [0, hour, 11 * hour, 13 * hour]) {
      expect(held + seconds({ kind: 'after-bucket', since: 0 }, 9, held)).toBeLessThanOrEqual(
        Math.max(held, 12 * hour - 60),
      );
    }
  });
});
