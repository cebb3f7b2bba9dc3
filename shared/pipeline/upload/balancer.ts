import { Condition } from '../../kit/condition.ts';
import type { Clock } from '../../words/clock.ts';
import type { Circuits } from '../circuits/circuits.ts';
import type { CircuitName } from '../ports/circuits.ts';
import type { Destination } from '../ports/destination.ts';
import { CongestionWindow } from './congestionWindow.ts';

/** The way to one rule. */
export interface Route {
  readonly destination: Destination;
  readonly circuit: CircuitName;
  readonly window: CongestionWindow;
}

export interface BalancerParts {
  readonly destinations: readonly Destination[];
  /** Requests in flight to one rule, however well it goes. */
  readonly mostPerRule: number;
  readonly clock: Clock;
  readonly circuits: Pick<Circuits, 'isOpen' | 'isOnTrial' | 'onChange'>;
}

/** Spreads requests over the rules, each to the one with the most room. */
export class Balancer {
  readonly #parts: BalancerParts;
  readonly #routes: readonly Route[];
  readonly #changed = new Condition();

  constructor(parts: BalancerParts) {
    const { circuits, clock, destinations, mostPerRule } = parts;
    this.#parts = parts;
    this.#routes = destinations.map((destination) => ({
      destination,
      circuit: { kind: 'rule', rule: destination.rule },
      window: new CongestionWindow(clock, mostPerRule),
    }));
    circuits.onChange(() => this.#changed.notify());
  }

  /**
   * Waits for room on any rule whose circuit is closed; where one is wanted, on that alone, until its circuit opens.
   * @throws the signal's reason
   */
  async enter(signal: AbortSignal, wanted?: Route): Promise<Route> {
    for (;;) {
      signal.throwIfAborted();
      const eligible = (wanted === undefined || this.#isBarred(wanted) ? this.#routes : [wanted]).filter(
        (route) => !this.#isBarred(route),
      );
      const route = this.#roomiest(eligible);
      if (route !== undefined) {
        route.window.enter();
        return route;
      }
      // When no pause is the reason for waiting, an answer or a circuit ends it, and tells.
      const pauses = eligible.map(({ window }) => window.pauseMs).filter((ms) => ms > 0);
      if (pauses.length === 0) await this.#changed.next(signal);
      else await this.#changed.within(Math.min(...pauses), this.#parts.clock, signal);
    }
  }

  leave(route: Route): void {
    route.window.leave();
    this.#changed.notify();
  }

  #roomiest(routes: readonly Route[]): Route | undefined {
    let best: Route | undefined;
    for (const route of routes) {
      const { window } = route;
      if (window.pauseMs > 0) continue;
      // One request, and soon: nothing else shows that a probe told the truth.
      if (this.#parts.circuits.isOnTrial(route.circuit)) {
        if (window.isIdle) return route;
      } else if (window.room >= 1 && (best === undefined || window.room > best.window.room)) best = route;
    }
    return best;
  }

  #isBarred({ circuit }: Route): boolean {
    return this.#parts.circuits.isOpen(circuit);
  }
}
