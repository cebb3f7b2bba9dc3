import type { Service } from './answers.ts';

/** What goes wrong. Everything is plain JSON, so that other processes can ask for it too. */
export type FaultAction =
  /** The service answers with a failure of its own. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** The connection is reset before anything happened. */
  | { readonly kind: 'reset' }
  /** The body stops after so many bytes, by a reset, a polite end, or silence. */
  | { readonly kind: 'cut-body'; readonly afterBytes: number; readonly how: 'rst' | 'fin' | 'stall' }
  /** No answer at all, while the connection stays open. */
  | { readonly kind: 'stall' }
  /** The answer comes late; other faults may come on top. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The service acts, and the answer is lost on the way. */
  | { readonly kind: 'lose-response' }
  /** SQS: each message received is delivered to somebody else as well, once in its life. */
  | { readonly kind: 'duplicate' }
  /** SQS: a receive finds nothing although messages wait. */
  | { readonly kind: 'empty-receive' }
  /** SQS: a receive brings fewer messages than asked for. */
  | { readonly kind: 'short-batch'; readonly max: number }
  /** All sessions end at this moment; the request goes on and learns it. */
  | { readonly kind: 'expire-sessions' };

/** When it goes wrong. */
export interface FaultRule {
  readonly id?: string;
  readonly service: Service;
  /** Operation such as `GetObject`; absent means any. */
  readonly operation?: string;
  /** Regular expression (without flags) looked for in the object's key, the queue's URL or the role's ARN. */
  readonly match?: string;
  /** So many matching requests pass before the rule takes hold. */
  readonly skip?: number;
  /** The rule is used up after so many faults; absent means never. */
  readonly times?: number;
  /** Chance per request, 0 to 1, drawn from the seeded generator; absent means always. */
  readonly probability?: number;
  readonly action: FaultAction;
}

/** The rules in force and what they have done. */
export interface Faults {
  /** Adds a rule (checked) and returns its id. */
  add(rule: FaultRule): string;
  remove(id: string): boolean;
  clear(): void;
  rules(): readonly FaultRule[];
  /** Faults injected so far, by kind. */
  counts(): Readonly<Record<string, number>>;
}

/** The faults one request meets: latencies add up and sessions expire on the way to the first other action. */
export interface FaultPlan {
  readonly latencyMs: number;
  readonly expireSessions: boolean;
  readonly action?: Exclude<FaultAction, { kind: 'latency' | 'expire-sessions' }>;
}

/** Makes an empty set of rules; `random` decides probabilities, so a seed makes a run repeatable. */
export function makeFaults(
  random: () => number,
): Faults & { plan(service: Service, operation: string, subject: string): FaultPlan } {
  const rules: Array<{ rule: FaultRule & { id: string }; match: RegExp | undefined; seen: number; done: number }> = [];
  const counts: Record<string, number> = {};
  let nextId = 1;
  return {
    add(rule) {
      checkRule(rule);
      const id = rule.id ?? `fault-${nextId++}`;
      const match = rule.match === undefined ? undefined : new RegExp(rule.match);
      rules.push({ rule: { ...rule, id }, match, seen: 0, done: 0 });
      return id;
    },
    remove(id) {
      const at = rules.findIndex(({ rule }) => rule.id === id);
      if (at !== -1) rules.splice(at, 1);
      return at !== -1;
    },
    clear() {
      rules.length = 0;
    },
    rules: () => rules.map(({ rule }) => rule),
    counts: () => ({ ...counts }),
    plan(service, operation, subject) {
      if (rules.length === 0) return none;
      let latencyMs = 0;
      let expireSessions = false;
      for (const entry of rules) {
        const { rule, match } = entry;
        if (rule.service !== service || (rule.operation ?? operation) !== operation) continue;
        if (match !== undefined && !match.test(subject)) continue;
        entry.seen += 1;
        if (entry.seen <= (rule.skip ?? 0) || entry.done >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
        if (rule.probability !== undefined && random() >= rule.probability) continue;
        entry.done += 1;
        counts[rule.action.kind] = (counts[rule.action.kind] ?? 0) + 1;
        if (rule.action.kind === 'latency') latencyMs += rule.action.ms;
        else if (rule.action.kind === 'expire-sessions') expireSessions = true;
        else return { latencyMs, expireSessions, action: rule.action };
      }
      return { latencyMs, expireSessions };
    },
  };
}

/** A small seeded generator (mulberry32); quality enough to scatter faults, and the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const none: FaultPlan = { latencyMs: 0, expireSessions: false };

const fieldsOf: Readonly<Record<FaultAction['kind'], Readonly<Record<string, string>>>> = {
  answer: { status: 'number', code: 'string' },
  reset: {},
  'cut-body': { afterBytes: 'number', how: 'string' },
  stall: {},
  latency: { ms: 'number' },
  'lose-response': {},
  duplicate: {},
  'empty-receive': {},
  'short-batch': { max: 'number' },
  'expire-sessions': {},
};

/** Rules may come over HTTP: a misspelt one must be refused, or the test that wanted it would pass for nothing. */
function checkRule(rule: FaultRule): void {
  const fields = fieldsOf[rule.action?.kind];
  if (!['s3', 'sqs', 'sts'].includes(rule.service))
    throw new Error(`fault service must be s3, sqs or sts; got "${rule.service}"`);
  if (fields === undefined) throw new Error(`fault action kind "${rule.action?.kind}" is not known`);
  for (const name of Object.keys(rule)) {
    if (!ruleFields.includes(name)) throw new Error(`fault field "${name}" is not known`);
  }
  const action: Readonly<Record<string, unknown>> = { ...rule.action };
  for (const [name, type] of Object.entries(fields)) {
    if (typeof action[name] !== type) throw new Error(`fault ${rule.action.kind} needs ${name} (${type})`);
  }
}

const ruleFields = ['id', 'service', 'operation', 'match', 'skip', 'times', 'probability', 'action'];
