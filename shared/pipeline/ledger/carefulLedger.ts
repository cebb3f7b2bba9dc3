import type { ConnectorError } from '../../words/errors.ts';
import type { Ledger } from '../ports/ports.ts';
import { noLedger } from './noLedger.ts';

/**
 * A ledger that never stops the drain: without its storage the drain goes on at-least-once and says so. A claim that
 * could not be asked for counts as granted, an outcome that could not be recorded as forgotten.
 */
export function carefulLedger(ledger: Ledger, failed: (error: unknown) => void): Required<Ledger> {
  const orWithout = async <Answer>(asked: () => Promise<Answer>, without: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await asked();
    } catch (error) {
      failed(error);
      return without();
    }
  };
  return {
    claim: (object, message) =>
      orWithout(
        () => ledger.claim(object, message),
        () => noLedger.claim(object, message),
      ),
    recordAccepted: (claim, identity, rows, stubs) =>
      orWithout(
        () => ledger.recordAccepted(claim, identity, rows, stubs),
        async () => undefined,
      ),
    recordFailed: (claim, message, error: ConnectorError) =>
      orWithout(
        () => ledger.recordFailed(claim, message, error),
        async () => undefined,
      ),
    recordFailedMessage: (message, error) =>
      orWithout(
        () => ledger.recordFailedMessage(message, error),
        async () => undefined,
      ),
    release: (claim) =>
      orWithout(
        () => ledger.release(claim),
        async () => undefined,
      ),
    // Not heard of is not lost: what nobody can ask nobody else can take over.
    extend: (claims) =>
      orWithout(
        async () => (await ledger.extend?.(claims)) ?? [],
        async () => [],
      ),
    recordProgress: (claim, progress) =>
      orWithout(
        async () => (await ledger.recordProgress?.(claim, progress)) ?? false,
        async () => false,
      ),
    isLost: (claim) => ledger.isLost?.(claim) ?? false,
    purgeExpired: (now, signal) =>
      orWithout(
        async () => (await ledger.purgeExpired?.(now, signal)) ?? 0,
        async () => 0,
      ),
  };
}
