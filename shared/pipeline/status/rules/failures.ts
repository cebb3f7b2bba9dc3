import { durationText } from '../duration.ts';
import { heldUp } from '../heldUp.ts';
import type { Observed } from '../observed.ts';
import { type Reason, remedyFor } from '../reason.ts';

/** A bucket's circuit leaves the others alone; after this long its files are on their way out of the queue. */
const bucketPatienceMs = 24 * 3_600_000;

/** What stopped the last slice, and what is held up now. */
export function failureReasons(observed: Observed): readonly Reason[] {
  const { now, status } = observed;
  const reasons: Reason[] = heldUp(observed).map(({ circuit, code, holds, message, remedy, since }) => {
    const age = now - since;
    const isPartial = circuit.startsWith('bucket/') && age < bucketPatienceMs;
    return {
      colour: isPartial ? 'amber' : 'red',
      code: code as Reason['code'],
      says: `For ${durationText(age)}, ${holds}: ${message}`,
      remedy: remedy ?? remedyFor(code),
    };
  });
  if (status === undefined) return reasons;
  const { ended, failure, identityHolds } = status.summary;
  if ((ended === 'failed' || ended === 'circuit-open') && failure !== undefined) {
    const isTold = reasons.some(({ code }) => code === failure.code);
    const { code, message, remedy } = failure;
    if (!isTold) reasons.push({ colour: 'red', code, says: message, remedy: remedy ?? remedyFor(code) });
  }
  if (!identityHolds) reasons.push(countsDiffer);
  return reasons;
}

const countsDiffer: Reason = {
  colour: 'red',
  code: 'counts-differ',
  says: 'Records read and records accounted for differ: rows may be missing.',
  remedy: 'This is a fault of the connector: please report it with the slice-finished line of this source.',
};
