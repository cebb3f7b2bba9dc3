import { scaling } from './facts.ts';

interface Idle {
  readonly since: number;
  nextPollAt: number;
  pollGap: number;
}

/** Instances of the ticket's function as the scale controller adds and removes them; the timer's own is not among them. */
export class Instances {
  readonly #alwaysReady: number;
  readonly #most: number;
  /** When those that start will be ready. */
  #starting: number[] = [];
  #idle: Idle[];
  #busy = 0;

  constructor(alwaysReady: number, most: number) {
    this.#alwaysReady = alwaysReady;
    this.#most = most;
    this.#idle = Array.from({ length: alwaysReady }, () => freshlyIdle(0));
  }

  get count(): number {
    return this.#busy + this.#idle.length + this.#starting.length;
  }

  /** One second: decides on new instances for tickets that wait, and answers how many instances ask for a ticket now. */
  tick(now: number, ticketsWaiting: number): number {
    const ready = this.#starting.filter((at) => at <= now).length;
    this.#starting = this.#starting.filter((at) => at > now);
    for (let each = 0; each < ready; each++) this.#idle.push(freshlyIdle(now));
    this.#idle = this.#idle.filter(
      ({ since }, index) => index < this.#alwaysReady - this.#busy || now - since < scaling.keptIdleSeconds,
    );
    if (now % scaling.decisionSeconds === 0) this.#decide(now, ticketsWaiting);
    const asking = this.#idle.filter(({ nextPollAt }) => nextPollAt <= now);
    for (const idle of asking) {
      idle.pollGap = Math.min(scaling.longestPollSeconds, idle.pollGap * 2);
      idle.nextPollAt = now + idle.pollGap;
    }
    return asking.length;
  }

  /** An idle instance takes a ticket. */
  take(): void {
    this.#idle.pop();
    this.#busy += 1;
  }

  giveBack(now: number): void {
    this.#busy -= 1;
    this.#idle.push(freshlyIdle(now));
  }

  #decide(now: number, ticketsWaiting: number): void {
    const lacking = ticketsWaiting - this.#idle.length - this.#starting.length;
    const room = this.#most - this.count;
    const added = Math.max(0, Math.min(scaling.instancesAtOnce, lacking, room));
    for (let each = 0; each < added; each++) this.#starting.push(now + scaling.startSeconds);
  }
}

/** It has just looked, and looks again soon, then ever more rarely. */
function freshlyIdle(now: number): Idle {
  return { since: now, nextPollAt: now, pollGap: 1 };
}
