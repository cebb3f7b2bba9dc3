/** Whether a request may pass, or how long to wait until it could. */
export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/** The limits of one data collection rule. */
export interface RuleRate {
  readonly bytesPerMinute: number;
  readonly requestsPerMinute: number;
  /** How much of the minute's allowance may be used at once. Small makes a short run meet the limit, as a long one would. */
  readonly burstSeconds: number;
}

/** 2 GB and 12,000 requests a minute: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#logs-ingestion-api */
export const documentedRate: RuleRate = { bytesPerMinute: 2_000_000_000, requestsPerMinute: 12_000, burstSeconds: 5 };

/** Admits requests of one rule as long as both allowances last; they refill steadily. */
export function createTokenBucket(rate: RuleRate, now: number): (bytes: number, now: number) => Admission {
  const bytes = allowance(rate.bytesPerMinute, rate.burstSeconds, now);
  const requests = allowance(rate.requestsPerMinute, rate.burstSeconds, now);
  return (size, at) => {
    const waitSeconds = Math.max(bytes.waitSeconds(size, at), requests.waitSeconds(1, at));
    if (waitSeconds > 0) return { kind: 'throttled', retryAfterSeconds: Math.ceil(waitSeconds) };
    bytes.take(size);
    requests.take(1);
    return { kind: 'admitted' };
  };
}

function allowance(perMinute: number, burstSeconds: number, start: number) {
  const perMs = perMinute / 60_000;
  const most = perMs * burstSeconds * 1000;
  let left = most;
  let filledAt = start;
  return {
    /** Refills, then tells how long until `amount` is there; an amount above the burst needs a full allowance only. */
    waitSeconds(amount: number, now: number): number {
      left = Math.min(most, left + Math.max(0, now - filledAt) * perMs);
      filledAt = now;
      const lacking = Math.min(amount, most) - left;
      return lacking > 0 ? lacking / perMs / 1000 : 0;
    },
    take(amount: number): void {
      left -= amount;
    },
  };
}
