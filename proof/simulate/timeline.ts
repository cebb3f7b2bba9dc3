import { scaleOut } from '../../shared/pipeline/scaleOut/scaleOut.ts';
import type { DrainTicket } from '../../shared/pipeline/scaleOut/tickets.ts';
import { type Drainer, drainerOf } from './drainer.ts';
import { drainsOn } from './drainsOn.ts';
import { flexMegabytesPerRegion } from './facts.ts';
import { Instances } from './instances.ts';
import { cloudsEventsPerSecond } from './limits.ts';
import type { Scenario } from './scenario.ts';
import { type LagSpread, WaitingMessages } from './waitingMessages.ts';

/** What is done to the deployment, in seconds from the beginning. */
export interface Disturbance {
  /** `burst`: so many times the usual events arrive; `outage`: nothing can be uploaded. */
  readonly kind: 'burst' | 'outage';
  readonly times: number;
  readonly from: number;
  readonly until: number;
}

/** The deployment at the end of a second; messages are one source's, as is everything here. */
export interface Moment {
  readonly second: number;
  readonly waiting: number;
  /** Of the oldest message that waits. */
  readonly oldestSeconds: number;
  readonly drainers: number;
  readonly settledPerSecond: number;
}

export interface Timeline {
  readonly seconds: number;
  readonly arrived: number;
  readonly settled: number;
  readonly waiting: number;
  /** Messages that outlived the queue's retention: lost to the connector, though not to the bucket. */
  readonly expired: number;
  readonly mostWaiting: number;
  readonly mostDrainers: number;
  /** On average. */
  readonly drainers: number;
  /** In the queue; the model's other parts of lag come on top. */
  readonly lag: LagSpread;
  /** From the end of the disturbance until all that had arrived by then was settled; undefined when that did not happen. */
  readonly catchUpSeconds?: number;
  readonly moments: readonly Moment[];
}

export interface TimelineOptions {
  readonly scenario: Scenario;
  readonly seconds: number;
  readonly disturbance?: Disturbance;
  /** Seconds between two moments that are reported. */
  readonly momentSeconds: number;
}

/** An open circuit asks again after so long at most; see shared/pipeline/circuits/circuits.ts. */
const longestProbeSeconds = 60;

interface Working {
  readonly until: number;
  readonly filesPerSecond: number;
  readonly isTimer: boolean;
}

/** Second by second: arrivals, ticks, tickets by the connector's own rule, instances that come and go, and what is settled. */
export async function simulate(options: TimelineOptions): Promise<Timeline> {
  const { disturbance, momentSeconds, scenario, seconds } = options;
  const drainer = drainerOf(scenario);
  const usual = scenario.eventsPerSecond / scenario.recordsPerFile / scenario.sources;
  const cloudsMost = cloudsEventsPerSecond(scenario, drainer) / scenario.recordsPerFile / scenario.sources;
  const receiving = scenario.sliceSeconds - scenario.stopReceivingSeconds;
  const regionMost = Math.floor(flexMegabytesPerRegion / scenario.memoryMegabytes / scenario.sources);
  const instances = new Instances(Math.max(0, scenario.alwaysReady - 1), Math.max(0, regionMost - 1));
  const waiting = new WaitingMessages();
  let tickets: DrainTicket[] = [];
  let working: Working[] = [];
  let [arrived, settled, expired, drainerSeconds, mostWaiting, mostDrainers] = [0, 0, 0, 0, 0, 0];
  let catchUpSeconds: number | undefined;
  const moments: Moment[] = [];

  for (let now = 0; now < seconds; now++) {
    const isBurst = disturbance?.kind === 'burst' && now >= disturbance.from && now < disturbance.until;
    const isOut =
      disturbance?.kind === 'outage' && now >= disturbance.from && now < disturbance.until + longestProbeSeconds;
    const arriving = usual * (isBurst ? disturbance.times : 1);
    waiting.add(now, arriving);
    arrived += arriving;
    expired += waiting.expire(now - scenario.retentionDays * 86_400);

    tickets = tickets.filter(({ expires }) => expires > now * 1000);
    if (now % scenario.tickSeconds === 0 && !working.some(({ isTimer }) => isTimer)) {
      working.push(timerDrainer(now + receiving, drainer, scenario));
      const pending = tickets.length + working.length - 1;
      tickets.push(...(await ticketsPosted({ scenario, drainer, now, isOut, pending, waiting: waiting.count })));
    }
    const asking = instances.tick(now, tickets.length);
    for (let taken = Math.min(asking, tickets.length); taken > 0; taken--) {
      tickets.shift();
      instances.take();
      working.push({ until: now + receiving, filesPerSecond: drainer.filesPerSecond, isTimer: false });
    }

    const capacity = working.reduce((sum, { filesPerSecond }) => sum + filesPerSecond, 0);
    const done = isOut ? 0 : waiting.settle(Math.min(capacity, cloudsMost), now);
    settled += done;
    drainerSeconds += working.length;
    mostWaiting = Math.max(mostWaiting, waiting.count);
    mostDrainers = Math.max(mostDrainers, working.length);
    if (catchUpSeconds === undefined && disturbance !== undefined && now >= disturbance.until) {
      if ((waiting.oldestAt ?? now) >= disturbance.until) catchUpSeconds = now - disturbance.until;
    }
    if (now % momentSeconds === 0) {
      const oldestSeconds = now - (waiting.oldestAt ?? now);
      moments.push({
        second: now,
        waiting: waiting.count,
        oldestSeconds,
        drainers: working.length,
        settledPerSecond: done,
      });
    }
    const before = working.filter(({ isTimer }) => !isTimer).length;
    working = stillWorking(working, now + 1, isOut || waiting.count > emptyMessages, arriving);
    for (let ended = before - working.filter(({ isTimer }) => !isTimer).length; ended > 0; ended--) {
      instances.giveBack(now + 1);
    }
  }
  return {
    ...{ seconds, arrived, settled, expired, mostWaiting, mostDrainers, moments },
    waiting: waiting.count,
    drainers: drainerSeconds / seconds,
    lag: waiting.spread(),
    ...(catchUpSeconds === undefined ? {} : { catchUpSeconds }),
  };
}

/** Less than this is a rounding error of parts of messages. */
const emptyMessages = 1e-6;

/** The timer drains all sources on one instance. */
function timerDrainer(until: number, { filesPerSecond }: Drainer, { sources }: Scenario): Working {
  return { until, filesPerSecond: filesPerSecond / sources, isTimer: true };
}

/** A slice ends when its time is over, or when the queue seems empty: then the last comers find nothing first. */
function stillWorking(working: readonly Working[], now: number, hasBacklog: boolean, arriving: number): Working[] {
  const left = working.filter(({ until }) => until > now);
  if (hasBacklog) return left;
  const fed = drainsOn(arriving) ? Math.max(1, Math.floor(arriving)) : 0;
  return left.slice(0, fed);
}

interface Tick {
  readonly scenario: Scenario;
  readonly drainer: Drainer;
  readonly now: number;
  readonly isOut: boolean;
  readonly pending: number;
  readonly waiting: number;
}

/** The connector's own decision. */
async function ticketsPosted({ drainer, isOut, now, pending, scenario, waiting }: Tick): Promise<DrainTicket[]> {
  const posted: DrainTicket[] = [];
  const opened = {
    name: { kind: 'source' },
    openedAt: 0,
    because: { code: 'queue-unavailable', message: '' },
  } as const;
  await scaleOut({
    source: 'simulated',
    queue: { measureBacklog: async () => ({ visible: Math.floor(waiting), inFlight: 0 }) },
    circuits: {
      load: async () => ({ open: isOut ? [{ ...opened, nextProbeAt: 0, probes: 0 }] : [], suspected: [] }),
    },
    tickets: { count: async () => pending, post: async (ticket) => void posted.push(ticket) },
    clock: { now: () => now * 1000 },
    report: () => undefined,
    mostDrainers: scenario.mostDrainers,
    pace: { messagesPerSecond: () => drainer.filesPerSecond, forget: () => undefined },
  });
  return posted;
}
