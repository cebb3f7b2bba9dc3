import { type CostItem, costOf } from './cost.ts';
import { type Drainer, drainerOf } from './drainer.ts';
import { ruleLimit } from './facts.ts';
import { type LagPart, lagOf } from './lag.ts';
import { drainersNeeded, type Limit, limitsOf, mostFullDrainers } from './limits.ts';
import type { Prices } from './prices.ts';
import { type Rates, ratesOf } from './rates.ts';
import type { Scenario } from './scenario.ts';

/** What a deployment needs, does, adds and costs at a steady rate of events. */
export interface Plan {
  readonly scenario: Scenario;
  readonly drainer: Drainer;
  /** Working at the same time; one drains all sources at the timer's ticks, the others for tickets. */
  readonly instancesNeeded: number;
  readonly mostInstances: number;
  readonly rulesNeeded: number;
  readonly keepsUp: boolean;
  /** Tightest first. */
  readonly limits: readonly Limit[];
  readonly rates: Rates;
  readonly lag: readonly LagPart[];
  readonly cost: readonly CostItem[];
}

/** The whole model: pure, and every figure of it follows from the scenario and the constants of facts.ts. */
export function plan(scenario: Scenario, prices: Prices): Plan {
  const drainer = drainerOf(scenario);
  const instancesNeeded = drainersNeeded(scenario, drainer);
  const rates = ratesOf(scenario, instancesNeeded);
  const limits = limitsOf(scenario, drainer, rates);
  return {
    scenario,
    drainer,
    instancesNeeded,
    mostInstances: mostFullDrainers(scenario),
    rulesNeeded: rulesNeeded(rates),
    keepsUp: limits.every(({ eventsPerSecond }) => eventsPerSecond >= scenario.eventsPerSecond),
    limits,
    rates,
    lag: lagOf(scenario, drainer, instancesNeeded),
    cost: costOf(scenario, rates, instancesNeeded, prices),
  };
}

function rulesNeeded({ rowBytes, uploads }: Rates): number {
  const byBytes = (rowBytes * 60) / ruleLimit.bytesPerMinute;
  const byRequests = (uploads * 60) / ruleLimit.requestsPerMinute;
  return Math.max(1, Math.ceil(Math.max(byBytes, byRequests) - 1e-9));
}
