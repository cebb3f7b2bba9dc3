import { table } from '../../cli/table.ts';
import { dollars, figure, span } from './figures.ts';
import type { Plan } from './model.ts';
import { listPrices, type Prices, priceNames } from './prices.ts';
import type { Disturbance, Timeline } from './timeline.ts';
import { type Comparison, mostOff } from './validate.ts';

/** The model's answer for people. */
export function renderPlan(found: Plan, prices: Prices): string {
  return [
    ...answer(found),
    '',
    'What it does',
    ...rates(found),
    '',
    'Limits, tightest first',
    ...table(
      ['events/s', 'of which used', '', 'more by'],
      found.limits.map(({ eventsPerSecond, name, remedy }) => [
        figure(eventsPerSecond),
        `${figure((100 * found.scenario.eventsPerSecond) / eventsPerSecond)} %`,
        name,
        remedy,
      ]),
    ),
    '',
    'Time the connector adds while it keeps up, in seconds',
    ...table(
      ['typical', 'at worst', ''],
      [...found.lag, total(found)].map(({ name, typicalSeconds, worstSeconds }) => [
        figure(typicalSeconds),
        figure(worstSeconds),
        name,
      ]),
    ),
    ...(found.instancesNeeded > 1
      ? ['  Several drainers are only kept by a backlog: the time in the queue is longer, as simulated below.']
      : []),
    '',
    'A month costs, at list prices that are approximate (check them; --price replaces them)',
    ...cost(found),
    `  Prices: ${priceNames.map((name) => `${prices[name]} for a ${listPrices[name].unit}`).join('; ')}.`,
    '  Left out: free grants, commitment tiers, the trail, the bucket, retention, Application Insights.',
    '',
  ].join('\n');
}

/** The simulated hours for people. */
export function renderTimeline(found: Timeline, sources: number, disturbance: Disturbance | undefined): string {
  const per = sources > 1 ? ', for one of the sources' : '';
  const settled = found.settled / found.arrived;
  const lines = [
    `${span(found.seconds)}, second by second${per}${disturbance === undefined ? '' : `: ${describe(disturbance)}`}`,
    `  arrived ${figure(found.arrived)} messages, settled ${figure(100 * settled)} %, waiting ${figure(Math.round(found.waiting))}` +
      (found.expired > 0 ? `, LOST TO RETENTION ${figure(found.expired)}` : ''),
    `  in the queue: median ${span(found.lag.medianSeconds)}, 99 % within ${span(found.lag.p99Seconds)}, at most ${span(found.lag.maxSeconds)}`,
    `  drainers: ${figure(found.drainers)} on average, ${found.mostDrainers} at most; backlog at most ${figure(Math.round(found.mostWaiting))} messages`,
  ];
  if (disturbance !== undefined) {
    const caughtUp =
      found.catchUpSeconds === undefined
        ? 'NOT WITHIN THIS TIME (a higher --hours simulates more of it)'
        : `after ${span(found.catchUpSeconds)}`;
    lines.push(`  caught up: ${caughtUp}`);
  }
  lines.push(
    ...table(
      ['at', 'waiting', 'oldest', 'drainers', 'settled/s'],
      found.moments.map(({ drainers, oldestSeconds, second, settledPerSecond, waiting }) => [
        span(second),
        figure(Math.round(waiting)),
        span(oldestSeconds),
        String(drainers),
        figure(settledPerSecond),
      ]),
    ),
    '',
  );
  return lines.join('\n');
}

export function renderComparisons(found: readonly Comparison[]): string {
  return [
    'Model and benchmark',
    ...table(
      ['', 'modelled', 'measured', '', 'ratio', `within ${mostOff}`, 'limited by'],
      found.map(({ isWithin, limitedBy, measured, modelled, ratio, unit, what }) => [
        what,
        figure(modelled),
        measured > 0 ? figure(measured) : '-',
        unit,
        measured > 0 ? ratio.toFixed(2) : '-',
        isWithin ? 'yes' : 'NO',
        limitedBy,
      ]),
    ),
    '',
  ].join('\n');
}

function answer({ drainer, instancesNeeded, keepsUp, limits, mostInstances, rulesNeeded, scenario }: Plan): string[] {
  const { cores, eventsPerSecond, recordsPerFile } = scenario;
  const [first] = limits;
  const [tightest] = drainer.bounds;
  return [
    `${figure(eventsPerSecond)} events/s in files of ${figure(recordsPerFile)} records: ${keepsUp ? 'it keeps up' : 'IT DOES NOT KEEP UP'}`,
    `  instances  ${instancesNeeded} of ${cores} ${cores === 1 ? 'core' : 'cores'} at work (the settings allow ${mostInstances}); one carries ${figure(drainer.filesPerSecond * recordsPerFile)} events/s, limited by: ${tightest.name}`,
    `  rules      ${rulesNeeded} (there are ${scenario.rules})`,
    first === undefined
      ? '  no limit is near'
      : `  bites first  ${first.name}, at ${figure(first.eventsPerSecond)} events/s`,
  ];
}

function rates({ rates: r }: Plan): string[] {
  const row = (name: string, value: number, unit: string, remark = '') => [figure(value), unit, name, remark];
  return table(
    ['a second', '', '', ''],
    [
      row('log files', r.files, ''),
      row('of records', r.recordBytes / 1e6, 'MB'),
      row('read from S3', r.compressedBytes / 1e6, 'MB', 'compressed'),
      row('of rows', r.rowBytes / 1e6, 'MB'),
      row('uploaded', r.sentBytes / 1e6, 'MB', 'compressed'),
      row('uploads', r.uploads, '', `${figure(r.rowsPerUpload)} rows each`),
      row('receives from SQS', r.queueReceives, ''),
      row('deletes in SQS', r.queueDeletes, ''),
      row('GETs from S3', r.objectGets, ''),
      row('table transactions', r.storageTransactions, '', `${figure(r.storageUnbatched)} were they not grouped`),
    ],
  );
}

function total({ lag }: Plan) {
  const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
  return {
    name: 'together',
    typicalSeconds: sum(lag.map(({ typicalSeconds }) => typicalSeconds)),
    worstSeconds: sum(lag.map(({ worstSeconds }) => worstSeconds)),
  };
}

function cost({ cost: items }: Plan): string[] {
  const all = items.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0);
  return table(
    ['USD', '', '', ''],
    [
      ...items.map(({ dollarsPerMonth, name, quantity, unit }) => [
        dollars(dollarsPerMonth),
        name,
        figure(quantity),
        unit,
      ]),
      [dollars(all), 'together', '', ''],
    ],
  );
}

function describe({ from, kind, times, until }: Disturbance): string {
  const when = `from ${span(from)} for ${span(until - from)}`;
  return kind === 'outage' ? `nothing can be uploaded ${when}` : `${figure(times)} times the events ${when}`;
}
