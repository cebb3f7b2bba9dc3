import type { Route } from './balancer.ts';
import { type Batch, middleBetweenObjects } from './batch.ts';
import type { Verdict } from './offer.ts';

type Refusal = Extract<Verdict, { kind: 'refused' }>;

/** A part of a batch that a rule has refused. */
interface Suspect {
  readonly batch: Batch;
  readonly refusal: Refusal;
  readonly halvings: number;
  /** It was refused together with a row that has been taken away since. */
  readonly isUntried?: true;
}

/** A part of a refused batch of which the search has made up its mind. */
export type Found =
  /** The rules said something else to it than that they refuse it. */
  | { readonly kind: 'judged'; readonly batch: Batch; readonly verdict: Exclude<Verdict, Refusal> }
  /** Rows of one object that the rule refuses while it accepts others. */
  | { readonly kind: 'rows'; readonly batch: Batch; readonly refusal: Refusal }
  /** The rule refuses whatever it is sent. */
  | { readonly kind: 'rule'; readonly batch: Batch; readonly refusal: Refusal }
  /** Rows of several objects, when no more may be asked: whoever sends them again has other neighbours. */
  | { readonly kind: 'undecided'; readonly batch: Batch; readonly refusal: Refusal };

export interface SearchParts {
  readonly offer: (batch: Batch, wanted: Route) => Promise<Verdict>;
  readonly split: (batch: Batch, before: number) => Promise<readonly [Batch, Batch]>;
  /** Sends the rule a row that it is known to have accepted. False also when none is known. */
  readonly acceptsKnownRow: (route: Route) => Promise<boolean>;
}

/** So deep is looked for a part that the rule accepts before single rows are tried: bad ones may lie in each half. */
const mostUnprovenHalvings = 3;

/** Single rows tried, from as many parts, before the rule is asked whether it accepts anything. */
const mostSamples = 8;

/** Enough to single out the bad rows of a dozen objects of a thousand; what is left then is not taken apart further. */
const mostRequests = 300;

/**
 * Looks for the rows a 400 is about. A refusal is the rows' own only where the same rule accepts others: their neighbours
 * in the batch, or else a row that it has accepted before, which costs a repeated row and is therefore asked last. Where
 * it accepts nothing, the rule or its stream is at fault, and no object is blamed for it.
 */
export async function* findRefused(
  batch: Batch,
  refusal: Refusal,
  parts: SearchParts,
): AsyncGenerator<Found, void, undefined> {
  /** Rules that have accepted something since. */
  const proven = new Set<Route>();
  let requests = mostRequests;
  const queue: Suspect[] = [{ batch, refusal, halvings: 0 }];
  let unproven: Suspect[] = [];

  /** Offers a part, and puts it where it belongs; answers what is known of it at once. */
  async function* tried(part: Batch, { refusal: { route }, halvings }: Suspect, isSample = false) {
    requests -= 1;
    const verdict = await parts.offer(part, route);
    if (verdict.kind === 'refused') {
      (isSample ? unproven : queue).push({ batch: part, refusal: verdict, halvings: halvings + 1 });
      return;
    }
    if (verdict.kind === 'accepted' && !proven.has(verdict.route)) prove(verdict.route);
    yield { kind: 'judged', batch: part, verdict } satisfies Found;
  }
  const prove = (route: Route): void => {
    proven.add(route);
    queue.push(...unproven.filter((part) => part.refusal.route === route));
    unproven = unproven.filter((part) => part.refusal.route !== route);
  };

  for (;;) {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      const { halvings, isUntried, refusal: found } = part;
      const isProven = proven.has(found.route);
      if (isProven && isUntried && requests > 0) yield* tried(part.batch, part);
      else if (isProven && (part.batch.body.rows === 1 || requests <= 0)) yield ownOrUndecided(part);
      else if (!isProven && (part.batch.body.rows === 1 || halvings >= mostUnprovenHalvings)) unproven.push(part);
      else {
        for (const half of await parts.split(part.batch, middleBetweenObjects(part.batch))) yield* tried(half, part);
      }
    }
    const route = unproven[0]?.refusal.route;
    if (route === undefined) return;
    const samples = unproven.filter((part) => part.refusal.route === route && part.batch.body.rows > 1);
    for (const sample of samples.slice(0, mostSamples)) {
      if (proven.has(route)) break;
      unproven = unproven.filter((part) => part !== sample);
      const [first, rest] = await parts.split(sample.batch, 1);
      unproven.push({ ...sample, batch: rest, isUntried: true });
      yield* tried(first, sample, true);
    }
    if (proven.has(route)) continue;
    if (await parts.acceptsKnownRow(route)) {
      prove(route);
      continue;
    }
    const blamed = unproven.filter((part) => part.refusal.route === route);
    unproven = unproven.filter((part) => part.refusal.route !== route);
    for (const { batch: rows, refusal: last } of blamed) yield { kind: 'rule', batch: rows, refusal: last };
  }
}

function ownOrUndecided({ batch, refusal }: Suspect): Found {
  return { kind: batch.objectStarts.length === 0 ? 'rows' : 'undecided', batch, refusal };
}
