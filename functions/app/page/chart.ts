import type { HistoryBucket } from '../../../shared/pipeline/ports/status.ts';
import { bucketMs, historyBuckets } from '../../../shared/pipeline/status/history.ts';
import type { Format } from './figures.ts';
import { html, type Markup } from './html.ts';

export interface Chart {
  readonly title: string;
  /** Undefined: nobody knows; that bucket is left empty. */
  value(bucket: HistoryBucket): number | undefined;
  readonly format: Format;
  /** What the text beside the title says: the sum of the day, or its peak. */
  readonly tells: 'sum' | 'peak';
}

const height = 60;
const step = 2;
const width = historyBuckets * step;

/** One bar for five minutes, over the day that ends now. */
export function chart({ format, tells, title, value }: Chart, history: readonly HistoryBucket[], now: number): Markup {
  const last = Math.floor(now / bucketMs);
  const bars = history
    .map((bucket) => ({ index: historyBuckets - 1 - (last - bucket.from / bucketMs), amount: value(bucket) }))
    .filter((bar): bar is { index: number; amount: number } => bar.amount !== undefined)
    .filter(({ index }) => index >= 0 && index < historyBuckets);
  const amounts = bars.map(({ amount }) => amount);
  const peak = Math.max(0, ...amounts);
  const path = bars
    .filter(({ amount }) => amount > 0)
    .map(({ amount, index }) => `M${index * step + 1} ${height}v-${barHeight(amount, peak)}`)
    .join('');
  const total = tells === 'sum' ? amounts.reduce((sum, amount) => sum + amount, 0) : peak;
  const says = bars.length === 0 ? 'nothing known' : tells === 'sum' ? format(total) : `at most ${format(total)}`;
  return html`<figure class="chart">
<figcaption>${title} <b>${says}</b></figcaption>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${title}, last 24 hours: ${says}">
<path class="grid" d="M0 ${height}H${width}M${width / 4} 0V${height}M${width / 2} 0V${height}M${(width * 3) / 4} 0V${height}"/>
<path class="bars" d="${path}"/></svg>
<p class="axis"><span>24 h ago</span><span>12 h</span><span>now</span></p>
</figure>`;
}

/** What is more than nothing can be seen. */
function barHeight(amount: number, peak: number): number {
  return Math.max(1.5, Math.round((amount / peak) * (height - 2) * 10) / 10);
}
