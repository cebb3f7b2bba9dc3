/**
 * One planned misbehaviour of a server.
 * `status` answers with that code instead of acting; `reset` cuts the connection before acting; `cut` does so in the
 * middle of the request's body; `stall` never answers; `lose-response` acts, then cuts the connection without an answer;
 * `latency` only delays.
 */
export interface Fault {
  readonly kind: 'status' | 'reset' | 'cut' | 'stall' | 'lose-response' | 'latency';
  /** For `status`; default 503. */
  readonly status?: number;
  /** For `status`: the Retry-After header in seconds; absent when not given. */
  readonly retryAfterSeconds?: number;
  /** Waited before anything else happens; goes with every kind. */
  readonly latencyMs?: number;
  /** Of a request meeting this fault; default 1. */
  readonly probability?: number;
  /** How many requests may meet it; default no end. */
  readonly times?: number;
  /** Only for requests whose path contains this text. */
  readonly path?: string;
}

/** One fault in force. */
export interface AddedFault {
  /** How many requests have met it. */
  readonly met: number;
  /** Heals it, and nothing else. */
  remove(): void;
}

/** The faults a server is to show, drawn from a seeded generator so that a run can be repeated. */
export interface Faults {
  /** Replaces all planned faults; an empty list heals. */
  plan(faults: readonly Fault[]): void;
  /** Plans one more, behind those there are. */
  add(fault: Fault): AddedFault;
  /** The first planned fault that applies to this request, counted. */
  draw(path: string): Fault | undefined;
  /** How many requests met each kind (for `status`, each code). */
  readonly met: Readonly<Record<string, number>>;
}

export function createFaults(seed = 1): Faults {
  const random = mulberry32(seed);
  const met: Record<string, number> = {};
  let planned: { readonly fault: Fault; met: number }[] = [];
  return {
    met,
    plan(faults) {
      planned = faults.map((fault) => ({ fault, met: 0 }));
    },
    add(fault) {
      const added = { fault, met: 0 };
      planned.push(added);
      return {
        get met() {
          return added.met;
        },
        remove() {
          planned = planned.filter((other) => other !== added);
        },
      };
    },
    draw(path) {
      for (const candidate of planned) {
        const { fault } = candidate;
        if (candidate.met >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
        if (fault.path !== undefined && !path.includes(fault.path)) continue;
        if ((fault.probability ?? 1) < 1 && random() >= (fault.probability ?? 1)) continue;
        candidate.met += 1;
        const name = fault.kind === 'status' ? String(fault.status ?? 503) : fault.kind;
        met[name] = (met[name] ?? 0) + 1;
        return fault;
      }
      return undefined;
    },
  };
}

const kinds: readonly string[] = ['status', 'reset', 'cut', 'stall', 'lose-response', 'latency'];

/** Reads a plan sent by another process. @throws TypeError naming the first entry that is not a fault. */
export function readFaultPlan(value: unknown): Fault[] {
  if (!Array.isArray(value)) throw new TypeError('a fault plan must be a JSON array of faults');
  return value.map((entry: unknown, index) => {
    if (typeof entry !== 'object' || entry === null || !('kind' in entry) || !kinds.includes(String(entry.kind))) {
      throw new TypeError(`fault ${index} must be an object whose kind is one of ${kinds.join(', ')}`);
    }
    return entry as Fault;
  });
}

/** A small seeded generator of numbers 0 <= x < 1. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
