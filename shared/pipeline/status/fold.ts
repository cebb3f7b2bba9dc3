import type { FailureReport, HeldBack, SliceSummary } from '../../words/events.ts';
import type { RecentFailure, SourceStatus } from '../ports/status.ts';
import { arrivedIn, withSlice } from './history.ts';

/** A status lies in one entity of storage, and must stay small whatever failures say. */
const mostFailures = 10;
const mostHeldBack = 20;
const longestText = 400;

/** The status once a slice has ended. Of slices that end on several instances the newest tells how things are; all of them count. */
export function folded(
  before: SourceStatus | undefined,
  summary: SliceSummary,
  at: number,
  version: string,
): SourceStatus {
  const isNewest = before === undefined || at >= before.endedAt;
  const acceptedAt = latest(before?.acceptedAt, summary.rowsAccepted > 0, at);
  const arrivedAt = latest(before?.arrivedAt, arrivedIn(summary) > 0, at);
  return {
    source: summary.source,
    version: isNewest ? version : before.version,
    firstAt: before?.firstAt ?? at,
    endedAt: isNewest ? at : before.endedAt,
    summary: isNewest ? bounded(summary) : before.summary,
    ...(acceptedAt === undefined ? {} : { acceptedAt }),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
    failures: failuresOf(summary).reduce((known, failure) => withFailure(known, failure, at), before?.failures ?? []),
    history: withSlice(before?.history ?? [], summary, at),
  };
}

function latest(before: number | undefined, happened: boolean, at: number): number | undefined {
  return happened ? Math.max(before ?? at, at) : before;
}

type Told = Pick<FailureReport, 'code' | 'message' | 'remedy'>;

/** Each code once: a circuit that opens in a slice is the slice's failure, too. */
function failuresOf({ failure, heldBack }: SliceSummary): readonly Told[] {
  const all: readonly Told[] = [...heldBack, ...(failure === undefined ? [] : [failure])];
  return [...new Map(all.map((each) => [each.code, each])).values()];
}

function withFailure(
  known: readonly RecentFailure[],
  { code, message, remedy }: Told,
  at: number,
): readonly RecentFailure[] {
  const same = known.find((each) => each.code === code);
  const failure: RecentFailure = {
    code,
    message: short(message),
    ...(remedy === undefined ? {} : { remedy: short(remedy) }),
    firstAt: same?.firstAt ?? at,
    lastAt: Math.max(same?.lastAt ?? at, at),
    times: (same?.times ?? 0) + 1,
  };
  return [failure, ...known.filter((each) => each.code !== code)]
    .sort((one, other) => other.lastAt - one.lastAt)
    .slice(0, mostFailures);
}

function bounded(summary: SliceSummary): SliceSummary {
  const { failure, heldBack, ...counts } = summary;
  const held = heldBack.slice(0, mostHeldBack).map((each): HeldBack => ({ ...each, ...shortWords(each) }));
  if (failure === undefined) return { ...counts, heldBack: held };
  const { code, owner, message, remedy } = failure;
  return { ...counts, heldBack: held, failure: { code, owner, ...shortWords({ message, ...(remedy && { remedy }) }) } };
}

function shortWords({ message, remedy }: { readonly message: string; readonly remedy?: string }) {
  return { message: short(message), ...(remedy === undefined ? {} : { remedy: short(remedy) }) };
}

function short(text: string): string {
  return (text.length <= longestText ? text : `${text.slice(0, longestText)} …`).toWellFormed();
}
