import type { Clock } from '../../words/clock.ts';
import type { ConnectorError } from '../../words/errors.ts';
import type { ConnectorEvent } from '../../words/events.ts';
import { type Failure, failureOf, reportOf } from '../../words/failure.ts';
import type { Circuits } from '../circuits/circuits.ts';
import { Attempts } from '../limits/retryPolicy.ts';
import type { UploadBody } from '../ports/destination.ts';
import type { Balancer, Route } from './balancer.ts';
import { type RequestParts, request } from './request.ts';

/** What the rules said to a body, once nothing is left to try with it as it is. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly route: Route }
  | { readonly kind: 'too-large'; readonly error: ConnectorError }
  | { readonly kind: 'refused'; readonly error: ConnectorError; readonly route: Route }
  /** Some request of it was not answered, and none was accepted afterwards. */
  | { readonly kind: 'unknown'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface OfferParts extends RequestParts {
  readonly source: string;
  readonly uploadAttempts: number;
  readonly balancer: Balancer;
  readonly circuits: Pick<Circuits, 'blocking' | 'open' | 'succeeded'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly report: (event: ConnectorEvent) => void;
  /** No request is begun once it aborts. */
  readonly stop: AbortSignal;
}

/** Sends one body until it is accepted, refused for what it holds, or no rule is left that would take it. */
export async function offer(body: UploadBody, parts: OfferParts, wanted?: Route): Promise<Verdict> {
  const { balancer, circuits, clock, random, report, source, stop, uploadAttempts } = parts;
  let isOutcomeUnknown = false;
  const givenUp = (thrown: unknown): Verdict => {
    return { kind: isOutcomeUnknown ? 'unknown' : 'failed', failure: failureOf(thrown, 'pipeline') };
  };

  let attempts = new Attempts('upload', random, { uploadAttempts });
  for (;;) {
    let route: Route;
    try {
      route = await balancer.enter(stop, wanted);
    } catch (reason) {
      return givenUp(reason);
    }
    const { circuit, destination, window } = route;
    const requestedAt = clock.now();
    let waitMs = 0;
    try {
      const answer = await request(body, destination, parts);
      if (answer.kind === 'accepted') {
        window.widen();
        circuits.succeeded(circuit);
        return { kind: 'accepted', route };
      }
      if (answer.kind === 'too-large') return answer;
      if (answer.kind === 'refused') return { ...answer, route };

      const { error } = answer;
      isOutcomeUnknown ||= answer.isOutcomeUnknown;
      if (stop.aborted) return givenUp(error);
      const { code } = reportOf(error);
      const wait = attempts.waitAfter(error);
      if (wait === undefined) {
        circuits.open(circuit, error);
        if (circuits.blocking !== undefined) return givenUp(error);
        // Another rule has its own attempts.
        attempts = new Attempts('upload', random, { uploadAttempts });
        continue;
      }
      report({ type: 'upload-retried', source, waitMs: Math.round(wait), failure: reportOf(error) });
      // All that goes to the rule waits, so that this body need not: another rule may have room.
      if (code === 'upload-throttled') window.narrow(requestedAt, wait);
      else waitMs = wait;
    } finally {
      // What follows from the answer is known to the window before anybody else enters it.
      balancer.leave(route);
    }
    await clock.sleep(waitMs, stop);
  }
}
