import type { Clock } from '../../words/clock.ts';
import type { Lease } from '../ports/lease.ts';
import type { Delivery } from '../ports/source.ts';

/**
 * Extends the leases of units that are being worked on until the signal aborts. A beat of its own: a storage that hangs
 * must not cost deliveries, nor the other way round.
 */
export async function keepLeases(
  leases: ReadonlyMap<Lease, Pick<Delivery, 'lose'>>,
  { clock, everyMs }: { readonly clock: Clock; readonly everyMs: number },
  until: AbortSignal,
): Promise<void> {
  while (!until.aborted) {
    await clock.sleep(everyMs, until);
    if (!until.aborted) await Promise.all([...leases.keys()].map((lease) => extend(lease, leases)));
  }
}

/** Another instance may have taken a lease over: what announced it is being worked on elsewhere. */
async function extend(lease: Lease, leases: ReadonlyMap<Lease, Pick<Delivery, 'lose'>>): Promise<void> {
  if (!(await lease.extend())) leases.get(lease)?.lose('ClaimTakenOver');
}
