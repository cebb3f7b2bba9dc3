import { Breaker, type Pace } from '../../kit/breaker.ts';
import { Condition } from '../../kit/condition.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { ConnectorEvent } from '../../words/events.ts';
import { asError, reportOf } from '../../words/failure.ts';
import {
  type CircuitName,
  type CircuitStore,
  type CircuitText,
  circuitText,
  type OpenCircuit,
  type SuspectedBucket,
} from '../ports/circuits.ts';

export interface RegisterParts {
  readonly source: string;
  readonly clock: Clock;
  readonly store: CircuitStore;
  readonly report: (event: ConnectorEvent) => void;
  /** Told when open circuits cannot be remembered beyond this slice. */
  readonly storageFailed: (error: unknown) => void;
}

/** An open circuit, and the breaker that says when it may be tried. */
export interface Entry {
  readonly circuit: OpenCircuit;
  readonly breaker: Breaker;
}

/** An outage is asked about ever more rarely, at most once a minute. */
const outagePace: Pace = (trials) => Math.min(60_000, 5_000 * 2 ** trials);

/** An object costs one request to try, and good ones may be waiting behind it: the first is tried at once. */
const bucketPace: Pace = (trials) => (trials === 0 ? 0 : Math.min(15_000, 250 * 2 ** (trials - 1)));

/** The circuits that are open: kept for other slices and instances, told of, and followed by whoever waits for them. */
export class Register {
  readonly #parts: RegisterParts;
  readonly #open = new Map<CircuitText, Entry>();
  readonly #listeners = new Set<() => void>();
  #writes: Promise<void> = Promise.resolve();
  /** Notified whenever a circuit opens, closes or was tried. */
  readonly changed = new Condition();

  constructor(parts: RegisterParts) {
    this.#parts = parts;
  }

  /** Takes over what earlier slices and other instances found, and answers which buckets they suspected. */
  async load(): Promise<readonly SuspectedBucket[]> {
    try {
      const { open, suspected } = await this.#parts.store.load();
      for (const circuit of open) {
        const breaker = this.#breakerFor(circuit.name);
        breaker.restore(circuit.probes, circuit.nextProbeAt);
        this.#open.set(circuitText(circuit.name), { circuit, breaker });
      }
      return suspected;
    } catch (error) {
      this.#parts.storageFailed(error);
      return [];
    }
  }

  /** Keeps for other slices and instances which objects of a bucket failed alike. */
  suspect(name: SuspectedBucket['name'], objects: readonly string[]): void {
    const at = this.#parts.clock.now();
    this.#write((store) => store.suspect({ name, objects, at }));
  }

  /** The bucket is no longer suspected. */
  absolve(name: SuspectedBucket['name']): void {
    this.#write((store) => store.remove(name));
  }

  get(name: CircuitName): Entry | undefined {
    return this.#open.get(circuitText(name));
  }

  all(): IterableIterator<Entry> {
    return this.#open.values();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Calls back whenever a circuit opens or closes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `trials` that failed before it closed the last time count on. */
  open(name: CircuitName, because: unknown, trials = 0): void {
    if (this.get(name) !== undefined) return;
    const { clock, report, source } = this.#parts;
    const failure = reportOf(because);
    const { code, message, remedy } = failure;
    const breaker = this.#breakerFor(name);
    breaker.open(askedMs(because), trials);
    this.#keep({
      breaker,
      circuit: {
        name,
        openedAt: clock.now(),
        because: { code, message, ...(remedy === undefined ? {} : { remedy }) },
        nextProbeAt: breaker.dueAt ?? clock.now(),
        probes: trials,
      },
    });
    report({ type: 'circuit-opened', source, circuit: circuitText(name), failure });
    this.#tell();
  }

  /** A trial of it failed. */
  failedAgain({ breaker, circuit }: Entry, error: unknown): void {
    const { clock, report, source } = this.#parts;
    breaker.failed(askedMs(error));
    this.#keep({
      breaker,
      circuit: { ...circuit, probes: breaker.trials, nextProbeAt: breaker.dueAt ?? clock.now() },
    });
    report({ type: 'circuit-probed', source, circuit: circuitText(circuit.name), failure: reportOf(error) });
    this.changed.notify();
  }

  close({ circuit }: Entry): void {
    const { clock, report, source } = this.#parts;
    const text = circuitText(circuit.name);
    if (!this.#open.delete(text)) return;
    this.#write((store) => store.remove(circuit.name));
    report({ type: 'circuit-closed', source, circuit: text, openMs: clock.now() - circuit.openedAt });
    this.#tell();
  }

  /** Resolves when everything is stored that there is to remember. */
  async stored(): Promise<void> {
    await this.#writes;
  }

  #breakerFor({ kind }: CircuitName): Breaker {
    return new Breaker(this.#parts.clock, kind === 'bucket' ? bucketPace : outagePace);
  }

  #keep(entry: Entry): void {
    this.#open.set(circuitText(entry.circuit.name), entry);
    this.#write((store) => store.save(entry.circuit));
  }

  /** One after the other, so that what is stored last is what is true. */
  #write(write: (store: CircuitStore) => Promise<void>): void {
    this.#writes = this.#writes.then(() => write(this.#parts.store)).catch(this.#parts.storageFailed);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
    this.changed.notify();
  }
}

function askedMs(error: unknown): number {
  const asked = asError(error);
  return asked instanceof ConnectorError ? (asked.retryAfterMs ?? 0) : 0;
}
