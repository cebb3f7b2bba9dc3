import { mostFrequent } from '../table/table.ts';

/** What the ingestion endpoint saw since it started. */
export interface IngestionStats {
  readonly requests: number;
  readonly accepted: number;
  readonly rows: number;
  /** Uncompressed bytes of accepted bodies. */
  readonly bytes: number;
  /** The same as they were sent. */
  readonly bytesSent: number;
  /** Answers by status code, 204 excluded. */
  readonly refused: Readonly<Record<string, number>>;
  readonly undeclaredColumns: Readonly<Record<string, number>>;
  readonly lostValues: Readonly<Record<string, number>>;
  readonly truncatedValues: Readonly<Record<string, number>>;
  readonly timesReplaced: number;
  /** Accepted bodies that were no array, so that nothing was written. */
  readonly notAnArray: number;
  /** Accepted, but the answer was withheld by a planned fault. */
  readonly answersLost: number;
  readonly rowsOfLostAnswers: number;
  readonly largestBody: number;
  readonly mostInFlight: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly rules: Readonly<
    Record<string, { readonly requests: number; readonly rows: number; readonly bytes: number }>
  >;
  /** Only when asked for. */
  readonly eventNames?: readonly { readonly name: string; readonly rows: number }[];
}

/** The counters behind the statistics; written by the endpoint only. */
export function createIngestionCounters() {
  const counters = {
    requests: 0,
    accepted: 0,
    rows: 0,
    bytes: 0,
    bytesSent: 0,
    timesReplaced: 0,
    notAnArray: 0,
    answersLost: 0,
    rowsOfLostAnswers: 0,
    largestBody: 0,
    mostInFlight: 0,
  };
  const refused: Record<string, number> = {};
  const undeclaredColumns: Record<string, number> = {};
  const lostValues: Record<string, number> = {};
  const truncatedValues: Record<string, number> = {};
  const rules: Record<string, { requests: number; rows: number; bytes: number }> = {};
  const eventNames = new Map<string, number>();
  return {
    counters,
    refused,
    undeclaredColumns,
    lostValues,
    truncatedValues,
    eventNames,
    countAccepted(rule: string, rows: number, bytes: number, bytesSent: number): void {
      const ofRule = rules[rule] ?? { requests: 0, rows: 0, bytes: 0 };
      rules[rule] = ofRule;
      ofRule.requests++;
      ofRule.rows += rows;
      ofRule.bytes += bytes;
      counters.accepted++;
      counters.rows += rows;
      counters.bytes += bytes;
      counters.bytesSent += bytesSent;
    },
    snapshot(faults: Readonly<Record<string, number>>, topNames: number): IngestionStats {
      return structuredClone({
        ...counters,
        refused,
        undeclaredColumns,
        lostValues,
        truncatedValues,
        rules,
        faults,
        ...(topNames > 0 && { eventNames: mostFrequent(eventNames, topNames) }),
      });
    },
  };
}

export type IngestionCounters = ReturnType<typeof createIngestionCounters>;

export function countUp(counts: Record<string, number>, name: string | number): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
