import type { SourceHealth } from '../../../shared/pipeline/status/judge.ts';
import type { HealthReport } from '../health/report.ts';
import { html, Markup } from './html.ts';
import { sourceSection } from './source.ts';
import { style } from './style.ts';

const sentences = {
  green: 'All sources deliver.',
  amber: 'Everything is delivered or kept; something needs a look.',
  red: 'Something is wrong: events are late or do not arrive.',
} as const;

/** The whole page, which fetches nothing and loads itself anew every minute. */
export function page({ at, colour, problems, sources, version }: HealthReport): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="60"><meta name="robots" content="noindex">
<title>${colour}: CloudTrail connector</title>
<style>${new Markup(style)}</style></head>
<body><header class="${colour}">
<div class="head"><h1>CloudTrail connector</h1><span class="badge ${colour}">${colour}</span></div>
<p>${sentences[colour]}${sources.length < 2 ? '' : ` Of ${sources.length} sources, ${colourCounts(sources)}.`}</p>
<p class="soft">As storage told at ${new Date(at).toISOString()}. Version ${version}.</p>
</header>
${problemSection(problems)}
${worstFirst(sources).map((source) => sourceSection(source, at))}
<footer>Times are UTC. The same as JSON, for monitors: ask for <code>application/json</code>, or add <code>format=json</code> to the address; the status code is 503 when the connector is red.</footer>
</body></html>
`.text;
}

const worse = ['red', 'amber', 'green'] as const;

/** Whoever opens the page in the night looks for what is wrong. */
function worstFirst(sources: readonly SourceHealth[]): readonly SourceHealth[] {
  return worse.flatMap((colour) => sources.filter((source) => source.colour === colour));
}

/** Such as "1 is red, 2 are amber". */
function colourCounts(sources: readonly SourceHealth[]): string {
  return worse
    .map((colour) => ({ colour, count: sources.filter((source) => source.colour === colour).length }))
    .filter(({ count }) => count > 0)
    .map(({ colour, count }) => `${count} ${count === 1 ? 'is' : 'are'} ${colour}`)
    .join(', ');
}

function problemSection(problems: readonly string[]): Markup | undefined {
  if (problems.length === 0) return undefined;
  return html`<section class="red"><h2>Settings</h2>
<p><code>settings-refused</code> Nothing is drained until these settings are put right; docs/settings.md has their bounds.</p>
<ul class="list">${problems.map((problem) => html`<li>${problem}</li>`)}</ul></section>
`;
}
