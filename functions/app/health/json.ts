import { jsonText } from '../../../shared/kit/shortText.ts';
import type { SourceHealth } from '../../../shared/pipeline/status/judge.ts';
import type { HealthReport } from './report.ts';

/** The report for programs: times as ISO 8601 texts, lengths in milliseconds and bytes. Names here are a contract with monitors. */
export function healthJson({ at, colour, problems, sources, version }: HealthReport): string {
  const report = { status: colour, at: iso(at), version, problems, sources: sources.map(sourceJson) };
  return jsonText(report);
}

function sourceJson({ colour, credentials, heldUp, kept, reasons, source, status }: SourceHealth) {
  return {
    source,
    status: colour,
    reasons: reasons.map((reason) => ({
      status: reason.colour,
      code: reason.code,
      says: reason.says,
      remedy: reason.remedy,
    })),
    credentials,
    lastSliceAt: iso(status?.endedAt),
    lastAcceptedAt: iso(status?.acceptedAt),
    lastArrivedAt: iso(status?.arrivedAt),
    lastSlice: status?.summary,
    circuits: heldUp.map(({ nextProbeAt, since, ...circuit }) => ({
      ...circuit,
      since: iso(since),
      nextProbeAt: iso(nextProbeAt),
    })),
    failedEntries:
      kept === undefined
        ? null
        : { ...kept, latest: kept.latest.map((each) => ({ ...each, lastAt: iso(each.lastAt) })) },
    failures: status?.failures.map((each) => ({ ...each, firstAt: iso(each.firstAt), lastAt: iso(each.lastAt) })) ?? [],
    history: status?.history.map((bucket) => ({ ...bucket, from: iso(bucket.from) })) ?? [],
  };
}

function iso(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
