import { Condition } from '../../kit/condition.ts';
import type { Delivery } from '../ports/source.ts';

/** One delivery that was received and is not settled. */
export class HeldDelivery {
  readonly delivery: Delivery;
  /** False once all its units are read: then it only waits for its rows to be accepted. */
  isReading = true;
  /** True when nothing of it has been tried yet. */
  isWaiting = true;

  readonly bytes: number;

  constructor(delivery: Delivery) {
    this.delivery = delivery;
    this.bytes = delivery.evidence.body.length;
  }
}

/** Every delivery held, waiting ones too: what is received next depends on them. */
export class HeldDeliveries {
  readonly #held = new Set<HeldDelivery>();
  #reading = 0;
  #bytes = 0;
  readonly changed = new Condition();

  get size(): number {
    return this.#held.size;
  }

  /** Deliveries whose units are not all read yet. */
  get reading(): number {
    return this.#reading;
  }

  /** Characters of all that they say: a message may hold 1 MiB. */
  get bytes(): number {
    return this.#bytes;
  }

  hold(delivery: Delivery): HeldDelivery {
    const held = new HeldDelivery(delivery);
    this.#held.add(held);
    this.#bytes += held.bytes;
    this.#reading += 1;
    this.changed.notify();
    return held;
  }

  /** All units of the delivery are read. */
  read(held: HeldDelivery): void {
    if (held.isReading) this.#reading -= 1;
    held.isReading = false;
    this.changed.notify();
  }

  drop(held: HeldDelivery): void {
    this.read(held);
    if (this.#held.delete(held)) this.#bytes -= held.bytes;
    this.changed.notify();
  }
}
