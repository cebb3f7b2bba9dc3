import { Condition } from '../../kit/condition.ts';
import { ConnectorError } from '../../words/errors.ts';
import { asError, isItsOwn, reportOf } from '../../words/failure.ts';
import type { CircuitName, DrainPorts, OpenCircuit } from '../ports/ports.ts';
import type { Unit } from '../ports/unit.ts';
import { openUnit } from '../unit/read.ts';

export interface CircuitParts {
  readonly source: string;
  /** Different objects of a bucket that must fail alike before its circuit opens. */
  readonly bucketFailures: number;
  readonly ports: Pick<DrainPorts, 'circuits' | 'clock' | 'destinations' | 'report' | 'source'>;
  /** Told once, when open circuits cannot be remembered beyond this slice. */
  readonly storageFailed: (error: unknown) => void;
}

const firstProbeMs = 5_000;
const longestProbeMs = 60_000;

/**
 * Whether the source, a rule or a bucket is fit for work. A circuit opens on failures that are nobody's own, and closes
 * by a probe that costs no message; meanwhile no message spends a receive on an outage.
 */
export class Circuits {
  readonly #parts: CircuitParts;
  readonly #open = new Map<CircuitName, OpenCircuit>();
  /** Probes of circuits that closed without any work having succeeded since: a probe is less than the real thing. */
  readonly #onTrial = new Map<CircuitName, number>();
  readonly #alike = new Map<string, Map<string, Set<string>>>();
  /** The unit whose reading failed last: reading it again is part of the probe. */
  readonly #lastFailed = new Map<CircuitName, Unit>();
  readonly #probing = new Map<CircuitName, Promise<void>>();
  readonly #listeners = new Set<() => void>();
  readonly #changed = new Condition();
  #writes: Promise<void> = Promise.resolve();

  constructor(parts: CircuitParts) {
    this.#parts = parts;
  }

  /** Takes over what earlier slices and other instances found. */
  async load(): Promise<void> {
    try {
      for (const circuit of await this.#parts.ports.circuits.load()) this.#open.set(circuit.name, circuit);
    } catch (error) {
      this.#parts.storageFailed(error);
    }
  }

  /** The circuit that leaves nothing to do: the source's, or a rule's when every rule's is open. */
  get blocking(): OpenCircuit | undefined {
    const rules = this.#parts.ports.destinations.map(({ rule }) => this.#open.get(`rule/${rule}`));
    return this.#open.get('source') ?? (rules.every((circuit) => circuit !== undefined) ? rules[0] : undefined);
  }

  /**
   * True after a circuit that kept all work waiting closed, and before anything succeeded: work begins with a few
   * messages. One rule of several is tried while the others work; see balancer.ts.
   */
  get onTrial(): boolean {
    const rules = this.#parts.ports.destinations.map(({ rule }): CircuitName => `rule/${rule}`);
    const isProven = rules.some((name) => !this.#open.has(name) && !this.#onTrial.has(name));
    return this.#onTrial.has('source') || (!isProven && rules.some((name) => this.#onTrial.has(name)));
  }

  /** True after this circuit closed and before anything succeeded. */
  isOnTrial(name: CircuitName): boolean {
    return this.#onTrial.has(name);
  }

  isOpen(name: CircuitName): boolean {
    return this.#open.has(name);
  }

  /** Calls back whenever a circuit opens or closes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(name: CircuitName, because: unknown, lastFailed?: Unit): void {
    if (this.#open.has(name)) return;
    const { clock, report } = this.#parts.ports;
    const failure = reportOf(because);
    const probes = this.#onTrial.get(name) ?? 0;
    this.#onTrial.delete(name);
    if (lastFailed !== undefined) this.#lastFailed.set(name, lastFailed);
    this.#remember({
      name,
      openedAt: clock.now(),
      because: {
        code: failure.code,
        message: failure.message,
        ...(failure.remedy === undefined ? {} : { remedy: failure.remedy }),
      },
      nextProbeAt: clock.now() + probeWaitMs(probes, because),
      probes,
    });
    report({ type: 'circuit-opened', source: this.#parts.source, circuit: name, failure });
    this.#tell();
  }

  /** Real work succeeded: the circuit is as good as new. */
  succeeded(name: CircuitName): void {
    if (this.#onTrial.size > 0) this.#onTrial.delete(name);
  }

  /** An object of the bucket could be read. */
  bucketSucceeded(bucket: string): void {
    this.#alike.delete(bucket);
    this.succeeded('source');
  }

  /** Opens the bucket's circuit when different objects have failed alike, with no success between. */
  bucketFailed(unit: Unit, error: ConnectorError): void {
    // What no change of permissions or settings can mend is the object's own affair, however often it happens.
    if (error.belongsTo !== 'object' || !error.retry) return;
    const codes = this.#alike.get(unit.scope) ?? new Map<string, Set<string>>();
    const keys = codes.get(error.code) ?? new Set();
    this.#alike.set(unit.scope, codes.set(error.code, keys.add(unit.name)));
    if (keys.size >= this.#parts.bucketFailures) {
      codes.delete(error.code);
      this.open(`bucket/${unit.scope}/${error.code}`, error, unit);
    }
  }

  /** The bucket's open circuit, after a probe if one is due. */
  async bucketCircuit(unit: Unit, signal: AbortSignal): Promise<OpenCircuit | undefined> {
    for (const circuit of this.#open.values()) {
      if (!circuit.name.startsWith(`bucket/${unit.scope}/`)) continue;
      // One object of many makes the probe, and the others wait for what it finds.
      let probing = this.#probing.get(circuit.name);
      if (probing === undefined && this.#parts.ports.clock.now() >= circuit.nextProbeAt) {
        if (!this.#lastFailed.has(circuit.name)) this.#lastFailed.set(circuit.name, unit);
        probing = this.#probe(circuit, signal);
        this.#probing.set(circuit.name, probing);
        void probing.finally(() => this.#probing.delete(circuit.name));
      }
      await probing;
      if (this.#open.has(circuit.name)) return circuit;
    }
    return undefined;
  }

  /** Probes the circuits of the source and of the rules whenever a probe is due, until the signal aborts. */
  async keepProbing(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts.ports;
    while (!signal.aborted) {
      const due = this.#nextDue();
      if (due === undefined) await this.#changed.next(signal);
      else if (due.nextProbeAt > clock.now()) await this.#changed.within(due.nextProbeAt - clock.now(), clock, signal);
      else await this.#probe(due, signal);
    }
  }

  /** Resolves to true when work can go on, to false when the signal aborts or the time is up before. */
  async untilUnblocked(until: number, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#parts.ports;
    while (this.blocking !== undefined) {
      if (signal.aborted || clock.now() >= until) return false;
      await this.#changed.within(until - clock.now(), clock, signal);
    }
    return !signal.aborted;
  }

  /** Resolves when everything is stored that there is to remember. */
  async stored(): Promise<void> {
    await this.#writes;
  }

  #nextDue(): OpenCircuit | undefined {
    let due: OpenCircuit | undefined;
    for (const circuit of this.#open.values()) {
      if (circuit.name.startsWith('bucket/')) continue;
      if (due === undefined || circuit.nextProbeAt < due.nextProbeAt) due = circuit;
    }
    return due;
  }

  async #probe(circuit: OpenCircuit, signal: AbortSignal): Promise<void> {
    const { clock, report } = this.#parts.ports;
    const { source } = this.#parts;
    try {
      await this.#try(circuit, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isStillSo(circuit, error)) {
        const probes = circuit.probes + 1;
        this.#remember({ ...circuit, probes, nextProbeAt: clock.now() + probeWaitMs(probes, error) });
        report({ type: 'circuit-probed', source, circuit: circuit.name, failure: reportOf(error) });
        return;
      }
    }
    this.#open.delete(circuit.name);
    this.#lastFailed.delete(circuit.name);
    if (this.#isWorkedWith(circuit.name)) this.#onTrial.set(circuit.name, circuit.probes + 1);
    this.#write((store) => store.remove(circuit.name));
    report({ type: 'circuit-closed', source, circuit: circuit.name, openMs: clock.now() - circuit.openedAt });
    this.#tell();
  }

  /** Not a bucket, which is tried object by object, nor a rule that is configured no longer. */
  #isWorkedWith(name: CircuitName): boolean {
    return name === 'source' || this.#parts.ports.destinations.some(({ rule }) => name === `rule/${rule}`);
  }

  async #try(circuit: OpenCircuit, signal: AbortSignal): Promise<void> {
    const { destinations, source } = this.#parts.ports;
    if (circuit.name.startsWith('rule/')) {
      // A rule that is configured no longer has nobody to wait for.
      await destinations.find(({ rule }) => circuit.name === `rule/${rule}`)?.probe(signal);
      return;
    }
    if (circuit.name === 'source') await source.probe(signal);
    const unit = this.#lastFailed.get(circuit.name);
    if (unit === undefined) return;
    const discarded = new AbortController();
    try {
      await openUnit(unit, AbortSignal.any([signal, discarded.signal]));
    } finally {
      discarded.abort();
    }
  }

  #remember(circuit: OpenCircuit): void {
    this.#open.set(circuit.name, circuit);
    this.#write((store) => store.save(circuit));
  }

  /** One after the other, so that what is stored last is what is true. */
  #write(write: (store: DrainPorts['circuits']) => Promise<void>): void {
    this.#writes = this.#writes.then(() => write(this.#parts.ports.circuits)).catch(this.#parts.storageFailed);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
    this.#changed.notify();
  }
}

/** An object that is gone or broken by now says nothing against its bucket or its source. */
function isStillSo(circuit: OpenCircuit, error: unknown): boolean {
  if (!(error instanceof ConnectorError) || !isItsOwn({ owner: error.belongsTo })) return true;
  return error.code === circuit.because.code;
}

function probeWaitMs(probes: number, error: unknown): number {
  const asked = asError(error) instanceof ConnectorError ? (error as ConnectorError).retryAfterMs : undefined;
  return Math.max(Math.min(longestProbeMs, firstProbeMs * 2 ** probes), asked ?? 0);
}
