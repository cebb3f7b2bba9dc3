import type { HealthReport } from '../../functions/app/health/report.ts';
import type { SourceStatus } from '../../shared/pipeline/ports/status.ts';
import { folded } from '../../shared/pipeline/status/fold.ts';
import { bucketMs, historyBuckets } from '../../shared/pipeline/status/history.ts';
import { judged } from '../../shared/pipeline/status/judge.ts';
import type { Observed } from '../../shared/pipeline/status/observed.ts';
import { worstOf } from '../../shared/pipeline/status/reason.ts';
import { sliceOf } from './sampleSlice.ts';

const now = Date.UTC(2026, 10, 30, 14, 2, 30);
const hourMs = 3_600_000;
const refused = {
  code: 'assume-role-denied' as const,
  message:
    'AWS refused to let arn:aws:iam::111111111111:role/sentinel-hub assume arn:aws:iam::333333333333:role/sentinel-reader',
  remedy:
    "Compare the external ID in the role's trust policy with WORKSPACE_ID, letter for letter, and the principal it trusts with the hub role; npm run check tells which.",
};

/** A day like any other: quiet at night, busy by day, one moment of backlog. */
function day(source: string, scale: number, stopsHoursAgo = 0): SourceStatus {
  let status: SourceStatus | undefined;
  for (let index = 0; index < historyBuckets; index++) {
    const at = now - 90_000 - (historyBuckets - 1 - index) * bucketMs;
    const isRefused = now - at < stopsHoursAgo * hourMs;
    const load = Math.round(
      scale * (1.2 - Math.cos(((at / hourMs) % 24) * (Math.PI / 12)) + 0.3 * Math.sin(index * 1.7)),
    );
    const backlog = Math.round(Math.max(0, 4 * load - Math.abs(index - 200) * scale));
    status = folded(status, sliceOf(source, load, backlog, isRefused ? refused : undefined), at, '0.1.0');
  }
  return status as SourceStatus;
}

function well(source: string, scale: number): Observed {
  const kept = { count: 0, isMore: false, latest: [] };
  return { source, now, staleAfterMs: 10 * 60_000, status: day(source, scale), circuits: [], kept };
}

function held(source: string): Observed {
  const openedAt = now - 3 * hourMs;
  const nextProbeAt = now + 4 * 60_000;
  return {
    ...well(source, 20),
    status: day(source, 20, 3),
    circuits: [{ name: { kind: 'source' }, openedAt, because: refused, nextProbeAt, probes: 9 }],
    kept: {
      ...{ count: 2, isMore: false },
      latest: [
        {
          ...{ id: `${source}/9vQ2mXcB1hT0rYwKeLzA`, reason: 'gzip-truncated', lastAt: now - 5 * hourMs },
          message:
            'AWSLogs/333333333333/CloudTrail/eu-central-1/2026/11/30/…T0855Z_Ab3dE6gH8jK0lMn2.json.gz ends after 4,096 bytes',
          remedy: 'Copy the file from a backup or another trail into its place.',
        },
      ],
    },
  };
}

function report(all: readonly Observed[]): HealthReport {
  const sources = all.map(judged);
  return { colour: worstOf(sources), at: now, version: '0.1.0', sources, problems: [] };
}

/** What the pictures show: figures are made up, judged as in earnest. */
export const samples: Readonly<Record<'green' | 'red', HealthReport>> = {
  green: report([well('production', 40), well('staging', 6)]),
  red: report([held('production')]),
};
