import type { Evidence } from '../../../../shared/pipeline/ports/failedEntries.ts';
import type { Settled, Settlement } from '../../../../shared/pipeline/ports/settlement.ts';
import type { Announcement, Delivery } from '../../../../shared/pipeline/ports/source.ts';
import type { Unit } from '../../../../shared/pipeline/ports/unit.ts';

export function unitOf(name: string): Unit {
  return {
    ...{ scope: 'trail', name, sourceObject: name, title: `s3://trail/${name}`, places: 1 },
    at: { bucket: 'trail', key: name },
    open: () => Promise.reject(new Error(`${name} is not to be opened`)),
  };
}

/** A delivery of a source that does as it is told. */
export class FakeDelivery implements Delivery {
  readonly id: string;
  readonly receivedAt = 0;
  readonly evidence: Evidence;
  readonly #announced: Announcement;
  readonly #lost = new AbortController();
  readonly lost = this.#lost.signal;
  isLastReceive = false;
  /** Told what the source is told. */
  onSettle: (settlement: Settlement) => void = () => undefined;

  constructor(id: string, announced: Partial<Announcement> = {}) {
    this.id = id;
    this.evidence = { id, body: `body of ${id}`, receiveCount: 1, entry: `entry of ${id}` };
    this.#announced = { units: [], faults: [], nothing: [], ...announced };
  }

  async isLast(): Promise<boolean> {
    return this.isLastReceive;
  }

  announcement(): Announcement {
    return this.#announced;
  }

  lose(because: string): void {
    this.#lost.abort(new Error(because));
  }

  async settle(settlement: Settlement): Promise<Settled> {
    this.onSettle(settlement);
    switch (settlement.kind) {
      case 'acknowledged':
      case 'quarantined':
        return { kind: 'done' };
      case 'returned':
        return { kind: 'returned', comesAgainInSeconds: 5 };
      case 'lost':
        return { kind: 'lost', refused: 'it was lost' };
    }
  }
}
