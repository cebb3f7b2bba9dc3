import { drainerOf } from './drainer.ts';
import { drainsOn } from './drainsOn.ts';
import { dutyOf } from './limits.ts';
import type { Prices } from './prices.ts';
import type { Rates } from './rates.ts';
import type { Scenario } from './scenario.ts';

export interface CostItem {
  readonly name: string;
  readonly quantity: number;
  readonly unit: string;
  readonly dollarsPerMonth: number;
}

const secondsPerMonth = (365.25 * 86_400) / 12;

/** Of an S3 notification in the answer to a receive. */
const messageBytes = 1_200;

/** A generous guess: names and values count in UTF-16. https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model */
const ledgerEntryBytes = 1_000;
/** How long entries are kept; see shared/azure/ledger/expiry.ts. */
const ledgerDays = 35;

/** What a month costs at that rate, item by item, dearest first. Free grants and discounts are left out. */
export function costOf(scenario: Scenario, rates: Rates, instances: number, prices: Prices): CostItem[] {
  const month = (perSecond: number) => perSecond * secondsPerMonth;
  const gigabytes = scenario.memoryMegabytes / 1024;
  const busy = busyInstances(scenario, instances);
  const readyBusy = Math.min(busy, scenario.alwaysReady);
  const item = (name: string, quantity: number, unit: string, price: number): CostItem => ({
    name,
    quantity,
    unit,
    dollarsPerMonth: quantity * price,
  });
  const items = [
    item('logs ingestion', month((rates.rowBytes * scenario.billedShare) / 1e9), 'GB', prices.ingestionPerGigabyte),
    item(
      'egress from AWS',
      month((rates.compressedBytes + rates.files * messageBytes) / 1e9),
      'GB',
      prices.egressPerGigabyte,
    ),
    item('SQS requests', month(rates.queueReceives + rates.queueDeletes) / 1e6, 'million', prices.queuePerMillion),
    item('S3 GETs', month(rates.objectGets) / 1e6, 'million', prices.getsPerMillion),
    item('table transactions', month(rates.storageTransactions) / 1e6, 'million', prices.storagePerMillion),
    item(
      "the ledger's entries",
      (rates.files * 86_400 * ledgerDays * ledgerEntryBytes) / 1e9,
      'GB',
      prices.storagePerGigabyteMonth,
    ),
    item('functions, on demand', month((busy - readyBusy) * gigabytes), 'GB-s', prices.functionPerGigabyteSecond),
    item('functions, always ready', month(scenario.alwaysReady * gigabytes), 'GB-s', prices.readyPerGigabyteSecond),
    item('their work', month(readyBusy * gigabytes), 'GB-s', prices.readyBusyPerGigabyteSecond),
  ];
  return items.filter(({ quantity }) => quantity > 0).toSorted((a, b) => b.dollarsPerMonth - a.dollarsPerMonth);
}

/** Instances at work, on average: on demand only these cost. An idle drain is a poll or two. */
export function busyInstances(scenario: Scenario, instances: number): number {
  const files = scenario.eventsPerSecond / scenario.recordsPerFile;
  if (drainsOn(files / scenario.sources)) return instances * dutyOf(scenario);
  const working = (files * scenario.tickSeconds) / drainerOf(scenario).filesPerSecond;
  return Math.min(1, (working + idlePollSeconds) / scenario.tickSeconds);
}

/** The first receive, and one that finds nothing. */
const idlePollSeconds = 2;
