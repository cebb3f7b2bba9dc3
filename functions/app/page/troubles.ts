import type { SourceHealth } from '../../../shared/pipeline/status/judge.ts';
import { moment } from './figures.ts';
import { html, type Markup } from './html.ts';

/** Open circuits, and what waits for each. */
export function heldUpList({ heldUp }: SourceHealth, now: number): Markup | undefined {
  if (heldUp.length === 0) return undefined;
  return html`<h3>Open circuits</h3><ul class="list">${heldUp.map(
    ({ circuit, code, holds, message, nextProbeAt, remedy, since }) => html`<li>
<p><code>${circuit}</code>, open since ${moment(since, now)}: ${holds}.</p>
<p>${code}: ${message}</p>${action(remedy)}
${nextProbeAt === undefined ? undefined : html`<p class="soft">Tried again by itself, ${nextProbeAt <= now ? 'in the next slice' : new Date(nextProbeAt).toISOString()}.</p>`}
</li>`,
  )}</ul>`;
}

/** What stopped work lately, and what could not be delivered. */
export function failuresList({ kept, status }: SourceHealth, now: number): Markup | undefined {
  const stopped = status?.failures ?? [];
  const undelivered = kept?.latest ?? [];
  if (stopped.length + undelivered.length === 0) return undefined;
  return html`<h3>Latest failures</h3><ul class="list">${undelivered.map(
    ({ id, lastAt, message, reason, remedy }) => html`<li>
<p><code>${reason}</code> ${message}</p>${action(remedy)}
<p class="soft">Failed entry <code>${id}</code>, ${moment(lastAt, now)}</p></li>`,
  )}${stopped.map(
    ({ code, lastAt, message, remedy, times }) => html`<li>
<p><code>${code}</code> ${message}</p>${action(remedy)}
<p class="soft">${times === 1 ? 'once' : `${times} times`}, last ${moment(lastAt, now)}</p></li>`,
  )}</ul>`;
}

function action(remedy: string | undefined): Markup | undefined {
  return remedy === undefined ? undefined : html`<p><b>What to do:</b> ${remedy}</p>`;
}
