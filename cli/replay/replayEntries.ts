import type { Connector } from '../../shared/compose/connector.ts';
import type { ReplayOutcome } from '../../shared/pipeline/replay/outcome.ts';
import type { FailureReport } from '../../shared/words/events.ts';
import { reportOf } from '../../shared/words/failure.ts';

/** Entries replayed between two reports. */
const together = 1_000;

/**
 * Replays entries source by source, and tells each as soon as its group is done. Once a source's pipeline failed, its
 * other entries are not tried.
 */
export async function* replayEntries(
  connector: Pick<Connector, 'replay'>,
  ids: readonly string[],
  again: boolean,
  signal: AbortSignal,
): AsyncGenerator<ReplayOutcome> {
  const sources = Map.groupBy(new Set(ids), (id) => id.slice(0, Math.max(0, id.lastIndexOf('/'))));
  for (const [source, all] of sources) {
    // Sent again, an object of two entries would be sent twice by two groups.
    const size = again ? all.length : together;
    let failure: FailureReport | undefined;
    for (let from = 0; from < all.length; from += size) {
      const group = all.slice(from, from + size);
      if (failure === undefined) {
        const outcomes = await replayGroup(connector, source, group, again, signal);
        failure = outcomes.map(endOf).find((each) => each !== undefined);
        yield* outcomes;
      } else {
        yield* left(group, failure);
      }
    }
  }
}

async function replayGroup(
  connector: Pick<Connector, 'replay'>,
  source: string,
  ids: readonly string[],
  again: boolean,
  signal: AbortSignal,
): Promise<readonly ReplayOutcome[]> {
  try {
    return await connector.replay(source, { ids, again }, signal);
  } catch (error) {
    return left(ids, reportOf(error));
  }
}

/** The failure that ends a source's replay: any that is not the entry's own, nor that of an object in other hands. */
function endOf(outcome: ReplayOutcome): FailureReport | undefined {
  if (outcome.kind !== 'left') return undefined;
  const { failure } = outcome;
  return failure.owner === 'nobody' && failure.code !== 'slice-ended' ? undefined : failure;
}

function left(ids: readonly string[], failure: FailureReport): readonly ReplayOutcome[] {
  return ids.map((id) => ({ kind: 'left', id, failure }));
}
