import { Notice } from '../../kit/condition.ts';
import type { Clock } from '../../words/clock.ts';
import type { Circuits } from '../circuits/circuits.ts';
import type { Destination } from '../ports/ports.ts';

/** The way to one rule: how many requests it may carry at once, learnt from its answers. */
export interface Lane {
  readonly destination: Destination;
  /** Not a whole number: every accepted request adds a part. */
  allowed: number;
  inFlight: number;
  pausedUntil: number;
  shrunkAt: number;
}

export interface LaneParts {
  readonly destinations: readonly Destination[];
  /** Requests in flight to one rule, however well it goes. */
  readonly mostPerLane: number;
  readonly clock: Clock;
  readonly circuits: Circuits;
}

/** As much as TCP keeps; half leaves a part of the limit unused each time. https://www.rfc-editor.org/rfc/rfc9438#section-4.6 */
const keptWhenThrottled = 0.7;

/**
 * Spreads requests over the rules, each batch to the one with the most room. Several instances share a rule without
 * knowing of each other, so each gives way when throttled and takes more room slowly.
 */
export class Lanes {
  readonly #parts: LaneParts;
  readonly #lanes: readonly Lane[];
  readonly #changed = new Notice();

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#lanes = parts.destinations.map((destination) => ({
      destination,
      allowed: parts.mostPerLane,
      inFlight: 0,
      pausedUntil: 0,
      shrunkAt: 0,
    }));
    parts.circuits.onChange(() => this.#changed.notify());
  }

  /**
   * Waits for room on any rule whose circuit is closed; where one is wanted, on that alone, until its circuit opens.
   * @throws the signal's reason
   */
  async enter(signal: AbortSignal, wanted?: Lane): Promise<Lane> {
    for (;;) {
      signal.throwIfAborted();
      const eligible = wanted === undefined || this.#isBarred(wanted) ? this.#lanes : [wanted];
      const lane = this.#roomiest(eligible);
      if (lane !== undefined) {
        lane.inFlight += 1;
        return lane;
      }
      const pauseMs = this.#shortestPauseMs(eligible);
      if (pauseMs === undefined) await this.#changed.next(signal);
      else await this.#changed.within(pauseMs, this.#parts.clock, signal);
    }
  }

  leave(lane: Lane): void {
    lane.inFlight -= 1;
    this.#changed.notify();
  }

  /** Additive increase: about one request more per round of answers. */
  widen(lane: Lane): void {
    lane.allowed = Math.min(this.#parts.mostPerLane, lane.allowed + 1 / lane.allowed);
  }

  /** Multiplicative decrease, once for all requests that were under way together. */
  narrow(lane: Lane, requestedAt: number, pauseMs: number): void {
    const now = this.#parts.clock.now();
    if (requestedAt >= lane.shrunkAt) {
      lane.allowed = Math.max(1, keptWhenThrottled * lane.allowed);
      lane.shrunkAt = now;
    }
    lane.pausedUntil = Math.max(lane.pausedUntil, now + pauseMs);
  }

  #roomiest(lanes: readonly Lane[]): Lane | undefined {
    const now = this.#parts.clock.now();
    let best: Lane | undefined;
    for (const lane of lanes) {
      if (lane.pausedUntil > now || this.#isBarred(lane)) continue;
      // One request, and soon: nothing else shows that a probe told the truth.
      if (this.#isOnTrial(lane)) {
        if (lane.inFlight === 0) return lane;
      } else if (room(lane) >= 1 && (best === undefined || room(lane) > room(best))) best = lane;
    }
    return best;
  }

  /** Undefined when no pause is the reason for waiting: then an answer or a circuit ends it, and tells. */
  #shortestPauseMs(lanes: readonly Lane[]): number | undefined {
    const now = this.#parts.clock.now();
    const pauses = lanes.filter((lane) => lane.pausedUntil > now && !this.#isBarred(lane));
    return pauses.length === 0 ? undefined : Math.min(...pauses.map((lane) => lane.pausedUntil - now));
  }

  #isOnTrial(lane: Lane): boolean {
    return this.#parts.circuits.isOnTrial(`rule/${lane.destination.rule}`);
  }

  #isBarred(lane: Lane): boolean {
    return this.#parts.circuits.isOpen(`rule/${lane.destination.rule}`);
  }
}

function room(lane: Lane): number {
  return lane.allowed - lane.inFlight;
}
