import type { HeldBack } from '../../words/events.ts';
import { type CircuitName, type CircuitText, circuitText, type OpenCircuit } from '../ports/circuits.ts';
import type { DrainPorts } from '../ports/ports.ts';
import type { UnitName } from '../ports/unit.ts';
import { FailuresAlike } from './alike.ts';
import { type Admission, Buckets } from './buckets.ts';
import { type Entry, Register } from './register.ts';

export interface CircuitParts {
  readonly source: string;
  /** Different objects of a bucket that must fail alike before its circuit opens. */
  readonly bucketFailures: number;
  readonly ports: Pick<DrainPorts, 'circuits' | 'clock' | 'destinations' | 'report' | 'source'>;
  /** Told once, when open circuits cannot be remembered beyond this slice. */
  readonly storageFailed: (error: unknown) => void;
}

const source: CircuitName = { kind: 'source' };

/**
 * Whether the source, a rule or a bucket is fit for work. A circuit opens on failures that are nobody's own. That of the
 * source or of a rule closes by a probe that costs no message, and what it proves is then tried with few messages; that of
 * a bucket by its next objects.
 */
export class Circuits {
  readonly #parts: CircuitParts;
  readonly #register: Register;
  readonly #buckets: Buckets;
  /** Failed probes of circuits that closed without any work having succeeded since: a probe is less than the real thing. */
  readonly #onTrial = new Map<CircuitText, number>();

  constructor(parts: CircuitParts) {
    const { circuits: store, clock, report } = parts.ports;
    this.#parts = parts;
    this.#register = new Register({ ...parts, clock, report, store });
    this.#buckets = new Buckets({
      register: this.#register,
      alike: new FailuresAlike(clock, parts.bucketFailures),
      clock,
      onSuspicion: (error) => this.open(source, error),
      onOpened: () => this.succeeded(source),
    });
  }

  /** Takes over what earlier slices and other instances found. */
  async load(): Promise<void> {
    this.#buckets.restore(await this.#register.load());
  }

  /** The circuit that leaves nothing to do: the source's, or a rule's when every rule's is open. */
  get blocking(): OpenCircuit | undefined {
    if (this.#register.size === 0) return undefined;
    const rules = this.#rules().map((name) => this.#register.get(name)?.circuit);
    const isEveryRuleOut = rules.every((circuit) => circuit !== undefined);
    return this.#register.get(source)?.circuit ?? (isEveryRuleOut ? rules[0] : undefined);
  }

  /**
   * True after a circuit that kept all work waiting closed, and before anything succeeded: work begins with a few
   * messages. One rule of several is tried while the others work; see balancer.ts.
   */
  get onTrial(): boolean {
    if (this.#onTrial.size === 0) return false;
    const isProven = this.#rules().some((name) => !this.isOpen(name) && !this.isOnTrial(name));
    return this.isOnTrial(source) || (!isProven && this.#rules().some((name) => this.isOnTrial(name)));
  }

  /** True after this circuit closed and before anything succeeded. */
  isOnTrial(name: CircuitName): boolean {
    return this.#onTrial.size > 0 && this.#onTrial.has(circuitText(name));
  }

  isOpen(name: CircuitName): boolean {
    return this.#register.size > 0 && this.#register.get(name) !== undefined;
  }

  /** What is held up at present, by what, since when, and how much where that is known here. */
  get heldBack(): readonly HeldBack[] {
    return [...this.#register.all()].map(({ circuit: { because, name, openedAt } }) => ({
      circuit: circuitText(name),
      since: new Date(openedAt).toISOString(),
      ...because,
      ...(name.kind === 'bucket' ? { objects: this.#buckets.heldBack(name.bucket) } : {}),
    }));
  }

  /** Calls back whenever a circuit opens or closes. */
  onChange(listener: () => void): () => void {
    return this.#register.onChange(listener);
  }

  open(name: CircuitName, because: unknown): void {
    const text = circuitText(name);
    this.#register.open(name, because, this.#onTrial.get(text) ?? 0);
    this.#onTrial.delete(text);
  }

  /** Real work succeeded: the circuit is as good as new. */
  succeeded(name: CircuitName): void {
    if (this.#onTrial.size > 0) this.#onTrial.delete(circuitText(name));
  }

  /** To be asked before an object is read; see buckets.ts. @throws the signal's reason */
  admit(unit: UnitName, receiveCount: number, signal: AbortSignal): Promise<Admission> {
    return this.#buckets.admit(unit, receiveCount, signal);
  }

  /** Probes the circuits of the source and of the rules whenever a probe is due, until the signal aborts. */
  async keepProbing(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.ports;
    const { changed } = this.#register;
    while (!signal.aborted) {
      const due = this.#nextDue();
      if (due === undefined) await changed.next(signal);
      else if (due.breaker.tryNow()) await this.#probe(due, signal);
      else await changed.within((due.breaker.dueAt ?? 0) - clock.now(), clock, signal);
    }
  }

  /** Resolves to true when work can go on, to false when the signal aborts or the time is up before. */
  async untilUnblocked(until: number, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#parts.ports;
    while (this.blocking !== undefined) {
      if (signal.aborted || clock.now() >= until) return false;
      await this.#register.changed.within(until - clock.now(), clock, signal);
    }
    return !signal.aborted;
  }

  /** Resolves when everything is stored that there is to remember. */
  stored(): Promise<void> {
    return this.#register.stored();
  }

  #nextDue(): Entry | undefined {
    const probed = [...this.#register.all()].filter(({ circuit }) => circuit.name.kind !== 'bucket');
    return probed.sort((one, other) => (one.breaker.dueAt ?? 0) - (other.breaker.dueAt ?? 0))[0];
  }

  async #probe(entry: Entry, signal: AbortSignal): Promise<void> {
    const { name } = entry.circuit;
    const trials = entry.breaker.trials + 1;
    try {
      await this.#tryNow(name, signal);
    } catch (error) {
      if (signal.aborted) entry.breaker.release();
      else this.#register.failedAgain(entry, error);
      return;
    }
    if (name.kind === 'source' || this.#rules().some((rule) => circuitText(rule) === circuitText(name))) {
      this.#onTrial.set(circuitText(name), trials);
    }
    this.#register.close(entry);
  }

  async #tryNow(name: CircuitName, signal: AbortSignal): Promise<void> {
    const { destinations, source: messages } = this.#parts.ports;
    if (name.kind === 'source') await messages.probe(signal);
    // A rule that is configured no longer has nobody to wait for.
    if (name.kind === 'rule') await destinations.find(({ rule }) => rule === name.rule)?.probe(signal);
  }

  #rules(): readonly CircuitName[] {
    return this.#parts.ports.destinations.map(({ rule }) => ({ kind: 'rule', rule }));
  }
}
