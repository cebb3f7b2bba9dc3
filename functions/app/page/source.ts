import type { SourceStatus } from '../../../shared/pipeline/ports/status.ts';
import type { SourceHealth } from '../../../shared/pipeline/status/judge.ts';
import type { Reason } from '../../../shared/pipeline/status/reason.ts';
import { type Chart, chart } from './chart.ts';
import { bytesText, countText, lagText, moment } from './figures.ts';
import { html, type Markup } from './html.ts';
import { failuresList, heldUpList } from './troubles.ts';

const charts: readonly Chart[] = [
  { title: 'Lag since the event, 95 % of rows', value: ({ lagMs }) => lagMs, format: lagText, tells: 'peak' },
  {
    title: 'Lag since delivery into the bucket',
    value: ({ deliveryLagMs }) => deliveryLagMs,
    format: lagText,
    tells: 'peak',
  },
  { title: 'Backlog, messages', value: ({ backlog }) => backlog, format: countText, tells: 'peak' },
  { title: 'Rows accepted', value: ({ rows }) => rows, format: countText, tells: 'sum' },
  { title: 'Bytes accepted', value: ({ bytes }) => bytes, format: bytesText, tells: 'sum' },
  { title: 'Log files that failed', value: ({ failed }) => failed, format: countText, tells: 'sum' },
];

/** All that is known of one source. */
export function sourceSection(health: SourceHealth, now: number): Markup {
  const { colour, reasons, source, status } = health;
  return html`<section class="${colour}">
<div class="head"><h2>${source}</h2><span class="badge ${colour}">${colour}</span></div>
${reasonList(reasons)}
${status === undefined ? undefined : figures(health, status, now)}
${status === undefined ? undefined : html`<div class="charts">${charts.map((each) => chart(each, status.history, now))}</div>`}
${heldUpList(health, now)}
${failuresList(health, now)}
</section>
`;
}

function reasonList(reasons: readonly Reason[]): Markup | undefined {
  if (reasons.length === 0) return undefined;
  return html`<ul class="reasons">${reasons.map(
    ({ code, colour, remedy, says }) =>
      html`<li class="${colour}"><p><code>${code}</code> ${says}</p><p><b>What to do:</b> ${remedy}</p></li>`,
  )}</ul>`;
}

function figures({ credentials, kept }: SourceHealth, status: SourceStatus, now: number): Markup {
  const { history, summary } = status;
  const day = (name: 'dropped' | 'suppressed' | 'failed' | 'quarantined') =>
    countText(history.reduce((sum, bucket) => sum + bucket[name], 0));
  const lag = (ms: number | undefined) => (ms === undefined ? '–' : lagText(ms));
  const count = (value: number | undefined) => (value === undefined ? '–' : countText(value));
  const rows: readonly (readonly [name: string, value: Markup | string])[] = [
    ['Last slice ended', moment(status.endedAt, now)],
    ['Why it ended', summary.ended],
    ['Rows accepted last', moment(status.acceptedAt, now)],
    ['Log file arrived last', moment(status.arrivedAt, now)],
    ['Lag since event, 50 / 95 %', `${lag(summary.lagP50Ms)} / ${lag(summary.lagP95Ms)}`],
    ['Lag since delivery, 50 / 95 %', `${lag(summary.deliveryLagP50Ms)} / ${lag(summary.deliveryLagP95Ms)}`],
    ['Oldest message waited', lag(summary.oldestMessageMs)],
    // A slice that received nothing asks the queue no further.
    [
      'Messages waiting',
      summary.messagesReceived === 0 && summary.ended === 'queue-empty' ? 'none found' : count(summary.waiting),
    ],
    ['Messages held', count(summary.inFlight)],
    ['Failed entries', kept === undefined ? '–' : `${countText(kept.count)}${kept.isMore ? '+' : ''}`],
    ['Quarantined, 24 h', day('quarantined')],
    ['Log files failed, 24 h', day('failed')],
    ['Duplicates not sent, 24 h', day('suppressed')],
    ['Records dropped, 24 h', day('dropped')],
    ['Credentials', credentials.state === 'refused' ? `refused: ${credentials.code}` : credentials.state],
    ['Ledger', summary.ledger],
  ];
  return html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
