import { type Drainer, sizesOf } from './drainer.ts';
import {
  connector,
  flexMegabytesPerRegion,
  getsPerPrefixAndSecond,
  queueLimit,
  ruleLimit,
  tableLimit,
} from './facts.ts';
import type { Rates } from './rates.ts';
import type { Scenario } from './scenario.ts';

/** One thing that ends, and at how many events a second it does, for the whole deployment. */
export interface Limit {
  readonly name: string;
  readonly eventsPerSecond: number;
  /** What a person can do about it. */
  readonly remedy: string;
}

/** A drainer receives for a part of each slice only, and begins the next at a tick of the schedule. */
export function dutyOf({ sliceSeconds, stopReceivingSeconds, tickSeconds }: Scenario): number {
  const receiving = sliceSeconds - stopReceivingSeconds;
  return receiving / cycleSecondsOf({ sliceSeconds, stopReceivingSeconds, tickSeconds });
}

/** From the beginning of one slice to that of the next, under a backlog. */
export function cycleSecondsOf({
  sliceSeconds,
  stopReceivingSeconds,
  tickSeconds,
}: Pick<Scenario, 'sliceSeconds' | 'stopReceivingSeconds' | 'tickSeconds'>): number {
  return tickSeconds * Math.ceil((sliceSeconds - stopReceivingSeconds) / tickSeconds);
}

/**
 * Whole drainers' worth of work at most: the timer's invocation drains every source on one instance, which they share;
 * each ticket has an instance to itself.
 */
export function mostFullDrainers({ mostDrainers, sources }: Scenario): number {
  return 1 + sources * (mostDrainers - 1);
}

/** How many instances work when so many full drainers are needed. */
export function drainersNeeded(scenario: Scenario, drainer: Drainer): number {
  const files = scenario.eventsPerSecond / scenario.recordsPerFile;
  const needed = files / (drainer.filesPerSecond * dutyOf(scenario));
  if (needed <= 1) return 1;
  // Beyond the timer's own share every source gets whole drainers.
  const eachSource = Math.ceil((needed - 1) / scenario.sources - 1e-9);
  return 1 + scenario.sources * eachSource;
}

/** Every limit of the deployment as it is set, tightest first. */
export function limitsOf(scenario: Scenario, drainer: Drainer, rates: Rates): Limit[] {
  const { memoryMegabytes, mostDrainers, prefixes, recordsPerFile, rules, sources } = scenario;
  const { rowBytes, rowsPerBody } = sizesOf(scenario);
  const ofDrainers = mostFullDrainers(scenario) * dutyOf(scenario) * recordsPerFile;
  const storagePerFile = rates.storageTransactions / rates.files;
  const regionInstances = Math.floor(flexMegabytesPerRegion / memoryMegabytes);
  const limits: Limit[] = [
    ...drainer.bounds.map(({ name, filesPerSecond }) => ({
      name: `${name}, ${mostDrainers} ${mostDrainers === 1 ? 'drainer' : 'drainers'} a source`,
      eventsPerSecond: ofDrainers * filesPerSecond,
      remedy: remedies[name],
    })),
    {
      name: 'bytes a minute of the rules',
      eventsPerSecond: (rules * ruleLimit.bytesPerMinute) / 60 / rowBytes,
      remedy: 'more data collection rules in DCR_IMMUTABLE_IDS',
    },
    {
      name: 'requests a minute of the rules',
      eventsPerSecond: ((rules * ruleLimit.requestsPerMinute) / 60) * rowsPerBody,
      remedy: 'more data collection rules, or a longer LINGER_MS',
    },
    {
      name: 'messages in flight of the queues',
      eventsPerSecond: ((sources * queueLimit.inFlight) / drainer.heldSeconds) * recordsPerFile,
      remedy: 'more queues, each a source',
    },
    {
      name: 'requests for objects of a prefix',
      eventsPerSecond: prefixes * getsPerPrefixAndSecond * recordsPerFile,
      remedy: 'S3 partitions busy prefixes by itself; several trails write below several prefixes',
    },
    {
      name: "partitions of the ledger's table",
      eventsPerSecond: ledgerObjectsPerSecond * recordsPerFile,
      remedy: 'several deployments, each with its own storage account',
    },
    {
      name: 'requests of the storage account',
      eventsPerSecond: (tableLimit.requestsPerAccountAndSecond / storagePerFile) * recordsPerFile,
      remedy: 'several deployments, each with its own storage account',
    },
    {
      name: `memory of a region, ${regionInstances} instances`,
      eventsPerSecond: regionInstances * dutyOf(scenario) * recordsPerFile * drainer.filesPerSecond,
      remedy: 'smaller instances, another region, or a larger quota',
    },
  ];
  return limits.toSorted(byCapacity);
}

/** What the services take, however many drainers there are. */
export function cloudsEventsPerSecond(scenario: Scenario, drainer: Drainer): number {
  const { prefixes, recordsPerFile, rules, sources } = scenario;
  return Math.min(
    (rules * ruleLimit.bytesPerMinute) / 60 / sizesOf(scenario).rowBytes,
    prefixes * getsPerPrefixAndSecond * recordsPerFile,
    ledgerObjectsPerSecond * recordsPerFile,
    ((sources * queueLimit.inFlight) / drainer.heldSeconds) * recordsPerFile,
  );
}

const ledgerObjectsPerSecond =
  (connector.ledgerShards * tableLimit.entitiesPerPartitionAndSecond) / connector.ledgerWritesPerObject;

function byCapacity(a: Limit, b: Limit): number {
  return a.eventsPerSecond - b.eventsPerSecond;
}

const remedies = {
  cpu: 'larger instances or a higher MOST_DRAINERS; a lower GZIP_LEVEL',
  'objects in flight': 'a higher OBJECTS_IN_FLIGHT, or a higher MOST_DRAINERS',
  'uploads in flight': 'a higher UPLOADS_IN_FLIGHT, or more rules',
  receivers: 'more RECEIVERS, or a higher MOST_DRAINERS',
  'messages held': 'a shorter LINGER_MS, or a higher MOST_DRAINERS',
  network: 'larger instances, or a higher MOST_DRAINERS',
} as const;
