import { describe, expect, it } from 'vitest';
import { secondsUntilVisible } from '../../../../../shared/pipeline/delivery/queue/returnMessage.ts';
import { ConnectorError } from '../../../../../shared/words/errors.ts';
import type { Failure } from '../../../../../shared/words/failure.ts';

const hour = 3_600;
const error = new ConnectorError('object-kms-denied', 'denied');

function seconds(failure: Failure, receiveCount: number, heldSeconds = 0): number {
  const message = { id: 'm', body: '', receiptHandle: '', receiveCount, sentAt: 0, receivedAt: 0 };
  return secondsUntilVisible(message, failure, { now: heldSeconds * 1000, wasTried: true, isShutdown: false });
}

describe('secondsUntilVisible', () => {
  it('spares the receives of a message that waits for its bucket: ten of them outlast a weekend', () => {
    const waiting: Failure = { owner: 'pipeline', error, again: 'after-the-bucket' };
    const waits = Array.from({ length: 10 }, (_, index) => seconds(waiting, index + 1));
    expect(waits.slice(0, 6)).toEqual([900, 1_800, 3_600, 7_200, 14_400, 21_600]);
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(60 * hour);
  });

  it('lets a failure of its own back off over some hours', () => {
    const own: Failure = { owner: 'object', error };
    const waits = Array.from({ length: 10 }, (_, index) => seconds(own, index + 1));
    expect(waits.slice(0, 3)).toEqual([30, 60, 120]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(6 * hour);
  });

  it('outlasts any slice of another instance while that one extends its claim', () => {
    const claimed: Failure = { owner: 'object', error, again: { at: 30_000 } };
    const waits = Array.from({ length: 10 }, (_, index) => seconds(claimed, index + 1));
    expect(waits.slice(0, 5)).toEqual([30, 30, 30, 40, 80]);
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(3_000);
  });

  it('never holds a message beyond the twelve hours since its receive', () => {
    const waiting: Failure = { owner: 'pipeline', error, again: 'after-the-bucket' };
    for (const held of [0, hour, 11 * hour, 13 * hour]) {
      expect(held + seconds(waiting, 9, held)).toBeLessThanOrEqual(Math.max(held, 12 * hour - 60));
    }
  });
});
