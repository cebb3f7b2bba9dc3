import type { Clock } from '../../words/clock.ts';
import type { ConnectorError } from '../../words/errors.ts';
import type { OpenCircuit, SuspectedBucket } from '../ports/circuits.ts';
import type { UnitName } from '../ports/unit.ts';
import { type FailuresAlike, prefixOf } from './alike.ts';
import type { Entry, Register } from './register.ts';

export interface BucketParts {
  readonly register: Register;
  readonly alike: FailuresAlike;
  readonly clock: Clock;
  /** Told when what fails has more in common than its bucket. */
  readonly onSuspicion: (error: ConnectorError) => void;
  /** Told when an object could be opened. */
  readonly onOpened: () => void;
}

/** The turn of one object to be read. */
export interface Turn {
  /** False once the bucket's circuit has opened and somebody else is its trial: then the turn is to be asked for again. */
  readonly isValid: boolean;
  /**
   * When the circuit of its bucket opened, whose trial it was: should it fail, too, it failed as the bucket does. Undefined
   * for whoever is no trial.
   */
  readonly outSince: number | undefined;
  /** The object could be opened. */
  opened(): void;
  /** It could not, for a reason that may be others' as well: to be told of the first request, whatever its repetition brings. */
  failed(error: ConnectorError): void;
  /** To be called once, whatever came of it. */
  end(): void;
}

/** Enough objects wait for their trial already. */
export interface Barred {
  readonly kind: 'barred';
  readonly circuit: OpenCircuit;
}

export type Admission = { readonly kind: 'admitted'; readonly turn: Turn } | Barred;

/** Objects that wait for a trial at once: they keep messages from being received. */
const mostWaiting = 4;
/** Of one prefix: however many of it fail, others have their turn. */
const mostWaitingOfPrefix = 2;

/** An object that fails comes again within 12 h, as long as SQS can hold it: what has not failed for a day does no more. */
const longestSuspicionMs = 86_400_000;

interface Waiting {
  readonly prefix: string;
  readonly receiveCount: number;
  readonly order: number;
}

/**
 * The objects of buckets whose objects fail alike are tried one at a time, paced, each trial with another object: first
 * one of the prefix that was tried least recently, then the one that came least often, since what fails comes again and
 * again, then the one that waits longest. The first that can be opened opens the way for all. Nothing is remembered of
 * single objects, so a restart changes nothing.
 */
export class Buckets {
  readonly #parts: BucketParts;
  readonly #lines = new Map<string, Set<Waiting>>();
  /** Prefixes of trials, the latest last. */
  readonly #tried = new Set<string>();
  /** Trials that failed, by bucket. */
  readonly #failures = new Map<string, number>();
  /** Objects that were sent away, by bucket. */
  readonly #barred = new Map<string, number>();
  #arrivals = 0;

  constructor(parts: BucketParts) {
    this.#parts = parts;
  }

  /** Takes over what earlier slices found: a bucket with one file in ten minutes fails alike over many of them. */
  restore(suspected: readonly SuspectedBucket[]): void {
    const { alike, clock } = this.#parts;
    for (const { name, objects, at } of suspected) {
      if (clock.now() - at < longestSuspicionMs) alike.restore(name.bucket, name.code, objects);
    }
  }

  /**
   * Waits for the object's turn, if there is room to wait. `receiveCount`: how often its delivery has come.
   * @throws the signal's reason
   */
  async admit(unit: UnitName, receiveCount: number, signal: AbortSignal): Promise<Admission> {
    const { clock, register } = this.#parts;
    const { scope } = unit;
    const me: Waiting = { prefix: prefixOf(unit), receiveCount, order: this.#arrivals++ };
    const failures = this.#failuresOf(scope);
    try {
      for (;;) {
        signal.throwIfAborted();
        const circuits = this.#circuitsOf(scope);
        const [first] = circuits;
        if (first === undefined) return { kind: 'admitted', turn: this.#turn(unit) };

        const isInLine = this.#joined(scope, me);
        const isBusy = circuits.some(({ breaker }) => breaker.isHalfOpen);
        const waitMs = Math.max(...circuits.map(({ breaker }) => breaker.dueAt ?? 0)) - clock.now();
        if (isInLine && !isBusy && waitMs <= 0 && this.#next(scope) === me) {
          for (const { breaker } of circuits) breaker.tryNow();
          this.#tried.delete(me.prefix);
          this.#tried.add(me.prefix);
          return {
            kind: 'admitted',
            turn: this.#turn(unit, Math.min(...circuits.map(({ circuit }) => circuit.openedAt))),
          };
        }
        // Whoever finds no place waits for the trial that is under way, or due, and no longer.
        if (!isInLine && (this.#failuresOf(scope) > failures || (!isBusy && waitMs > 0))) {
          this.#barred.set(scope, (this.#barred.get(scope) ?? 0) + 1);
          return { kind: 'barred', circuit: first.circuit };
        }
        if (isBusy || waitMs <= 0) await register.changed.next(signal);
        else await register.changed.within(waitMs, clock, signal);
      }
    } finally {
      if (this.#lines.get(scope)?.delete(me)) register.changed.notify();
    }
  }

  /** How many objects of the bucket wait for their trial, or were sent away. */
  heldBack(bucket: string): number {
    return (this.#barred.get(bucket) ?? 0) + (this.#lines.get(bucket)?.size ?? 0);
  }

  #joined(bucket: string, me: Waiting): boolean {
    const line = this.#lines.get(bucket) ?? new Set();
    this.#lines.set(bucket, line);
    if (line.has(me)) return true;
    const ofPrefix = [...line].filter(({ prefix }) => prefix === me.prefix);
    const isCrowded = ofPrefix.length >= mostWaitingOfPrefix;
    if (isCrowded || line.size >= mostWaiting) {
      const rivals = isCrowded ? ofPrefix : [...line];
      const last = rivals.reduce((most, each) => (each.receiveCount >= most.receiveCount ? each : most));
      if (last.receiveCount <= me.receiveCount) return false;
      line.delete(last);
    }
    line.add(me);
    return true;
  }

  #next(bucket: string): Waiting | undefined {
    const tried = [...this.#tried];
    const [next] = [...(this.#lines.get(bucket) ?? [])].sort(
      (one, other) =>
        tried.indexOf(one.prefix) - tried.indexOf(other.prefix) ||
        one.receiveCount - other.receiveCount ||
        one.order - other.order,
    );
    return next;
  }

  /** `outSince`: it is the trial of a circuit that opened then. */
  #turn(unit: UnitName, outSince?: number): Turn {
    const { alike, onOpened, onSuspicion, register } = this.#parts;
    const { scope } = unit;
    const hasCircuit = () => register.size > 0 && this.#circuitsOf(scope).length > 0;
    let isOnTrial = outSince !== undefined;
    const endTrial = (): void => {
      if (!isOnTrial) return;
      isOnTrial = false;
      for (const { breaker } of this.#circuitsOf(scope)) breaker.release();
      register.changed.notify();
    };
    return {
      outSince,
      get isValid() {
        return outSince !== undefined || !hasCircuit();
      },
      opened: () => {
        for (const code of alike.opened(unit)) register.absolve({ kind: 'bucket', bucket: scope, code });
        if (register.size > 0) for (const entry of this.#circuitsOf(scope)) register.close(entry);
        onOpened();
      },
      failed: (error) => {
        // What no change of permissions or settings can mend is the object's own affair, however often it happens.
        if (error.belongsTo !== 'object' || !error.retry) return;
        const suspicion = alike.failed(unit, error.code);
        const name = { kind: 'bucket', bucket: scope, code: error.code } as const;
        const circuit = register.get(name);
        if (isOnTrial) this.#failures.set(scope, this.#failuresOf(scope) + 1);
        if (circuit === undefined) {
          if (suspicion.bucket) register.open(name, error);
          else if (suspicion.noted !== undefined) register.suspect(name, suspicion.noted);
        } else if (isOnTrial) register.failedAgain(circuit, error);
        endTrial();
        if (suspicion.source) onSuspicion(error);
      },
      end: endTrial,
    };
  }

  #failuresOf(bucket: string): number {
    return this.#failures.get(bucket) ?? 0;
  }

  #circuitsOf(bucket: string): readonly Entry[] {
    const { register } = this.#parts;
    if (register.size === 0) return [];
    return [...register.all()].filter(({ circuit: { name } }) => name.kind === 'bucket' && name.bucket === bucket);
  }
}
