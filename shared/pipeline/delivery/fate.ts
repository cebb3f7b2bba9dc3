import { type Failure, isItsOwn } from '../../words/failure.ts';
import type { Fate } from '../ports/settlement.ts';

/** As long as the pipeline is to blame, nothing is proven against the delivery, so it comes back soon. */
export function decisive(failures: readonly [Failure, ...Failure[]]): Failure {
  return failures.reduce((worst, failure) => (rank(failure) > rank(worst) ? failure : worst));
}

function rank(failure: Failure): number {
  if (isItsOwn(failure)) return 0;
  if (failure.again === undefined || failure.again === 'never') return 3;
  return 'bucketOutSince' in failure.again ? 1 : 2;
}

/** When a delivery given back for this failure should come again. */
export function fateOf(failure: Failure, wasTried: boolean): Fate {
  const { again } = failure;
  if (typeof again === 'object' && 'bucketOutSince' in again)
    return { kind: 'after-bucket', since: again.bucketOutSince };
  if (isItsOwn(failure)) return { kind: 'back-off' };
  return typeof again === 'object' ? { kind: 'at', time: again.at } : { kind: 'soon', wasTried };
}

/**
 * Whoever is sent into back-off counts as in flight for long. Who waits for a lease does not: several announcements of one
 * object are nothing unusual, and soon settled.
 */
export function isBackOff({ kind }: Fate): boolean {
  return kind === 'back-off' || kind === 'after-bucket';
}
