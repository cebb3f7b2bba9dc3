import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { healthAnswer } from '../../../../functions/app/health/answer.ts';
import { type HealthReport, refusedReport } from '../../../../functions/app/health/report.ts';
import { bytesText, lagText } from '../../../../functions/app/page/figures.ts';
import { escaped, html } from '../../../../functions/app/page/html.ts';
import { judged } from '../../../../shared/pipeline/status/judge.ts';
import type { Observed } from '../../../../shared/pipeline/status/observed.ts';
import { worstOf } from '../../../../shared/pipeline/status/reason.ts';
import { hour, idle, minute, noon, observed, slice, statusAfter } from '../../../shared/pipeline/status/support.ts';

const browser = { accept: 'text/html,application/xhtml+xml;q=0.9', format: null };
const monitor = { accept: '*/*', format: null };

function report(...all: readonly Observed[]): HealthReport {
  const sources = all.map(judged);
  return { colour: worstOf(sources), at: noon, version: '1.2.3', sources, problems: [] };
}

const hostile = '<script>alert(1)</script>"\'&\u202e\u0007';

/** Everything that a stranger may have a word in. */
const hostileSource = observed({
  source: hostile,
  status: statusAfter(
    [noon - 2 * hour, slice()],
    [noon - minute, slice({ failure: { code: 'bug', owner: 'pipeline', message: hostile, remedy: hostile } })],
  ),
  circuits: [
    {
      name: { kind: 'bucket', bucket: hostile, code: 'object-denied' },
      openedAt: noon - hour,
      because: { code: 'object-denied', message: hostile, remedy: hostile },
      nextProbeAt: noon + minute,
      probes: 1,
    },
  ],
  kept: {
    count: 1,
    isMore: true,
    latest: [{ id: hostile, reason: hostile, message: hostile, remedy: hostile, lastAt: noon - hour }],
  },
});

describe('the health page', () => {
  it('tells a person how every source is, with figures and six charts', () => {
    const { body, headers, status } = healthAnswer(report(observed(), observed({ source: 'staging' })), browser);
    const text = String(body);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'no-referrer' });
    expect(text.match(/<section class="green">/g)).toHaveLength(2);
    expect(text.match(/<svg /g)).toHaveLength(12);
    expect(text).toContain('Rows accepted <b>200</b>');
    expect(text).toContain('All sources deliver.');
    expect(text).not.toContain('undefined');
  });

  it('says what is wrong and what to do about it, with 503', () => {
    const { status: _, ...never } = observed();
    const { body, status } = healthAnswer(report(observed(), never), browser);
    expect(status).toBe(503);
    expect(body).toMatch(/<section class="red">[\s\S]*never-ran[\s\S]*What to do:/);
  });

  it('shows the worst source first, and says how many are how', () => {
    const { status: _, ...never } = observed({ source: 'never' });
    const held = observed({ source: 'held', status: statusAfter([noon - minute, slice({ ledger: 'unavailable' })]) });
    const text = String(healthAnswer(report(observed({ source: 'well' }), held, never, observed()), browser).body);
    expect([...text.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, name]) => name)).toEqual([
      'never',
      'held',
      'well',
      'production',
    ]);
    expect(text).toContain('Of 4 sources, 1 is red, 1 is amber, 2 are green.');
  });

  it('says that an empty queue has nothing waiting, which a slice that found nothing did not count', () => {
    const { inFlight: _, waiting: __, ...found } = idle();
    const text = String(healthAnswer(report(observed({ status: statusAfter([noon - minute, found]) })), browser).body);
    expect(text).toContain('<dt>Messages waiting</dt><dd>none found</dd>');
  });

  it('lists what is wrong with the settings', () => {
    const { body, status } = healthAnswer(refusedReport([`WORKSPACE_ID ${hostile}`], noon, '1.2.3'), browser);
    expect(status).toBe(503);
    expect(body).toContain('WORKSPACE_ID &#60;script&#62;');
  });

  it('shows nothing from outside as markup', () => {
    const text = String(healthAnswer(report(hostileSource), browser).body);
    for (const sign of ['<script', '\u202e', '\u0007']) expect(text).not.toContain(sign);
    expect(
      text.match(/&#60;script&#62;alert\(1\)&#60;\/script&#62;&#34;&#39;&#38;&#92;u202e&#92;u0007/g)?.length,
    ).toBeGreaterThan(8);
    // All elements are closed in the order in which they were opened, whatever the texts say.
    const open: string[] = [];
    for (const [, slash, name = '', end] of text.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
      if (end === '/' || name === 'meta' || name === 'doctype') continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('fetches nothing, and lets the browser do nothing but show it', () => {
    const { body, headers } = healthAnswer(report(hostileSource), browser);
    const text = String(body);
    expect(text).not.toMatch(
      /https?:|\bsrc=|\bhref=|url\(|@import|<(?:link|img|iframe|form|script)|\bon[a-z]+=|\bstyle=/,
    );
    const [, css = ''] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? [];
    const policy = (headers as Record<string, string>)['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'`);
  });

  it('stays below 200 kB with a full day of ten sources', () => {
    const slices = Array.from({ length: 288 }, (_, index) => [noon - (287 - index) * 5 * minute, slice()] as const);
    const full = observed({ status: statusAfter(...slices) });
    expect(String(healthAnswer(report(...Array.from({ length: 10 }, () => full)), browser).body).length).toBeLessThan(
      200_000,
    );
  });
});

describe('the same address for monitors', () => {
  it('answers with JSON, 200 when nothing is red', () => {
    const { body, headers, status } = healthAnswer(report(hostileSource), monitor);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    const json = JSON.parse(String(body));
    expect(json).toMatchObject({ status: 'amber', at: new Date(noon).toISOString(), version: '1.2.3' });
    expect(json.sources).toMatchObject([
      {
        status: 'amber',
        lastSlice: { rowsAccepted: 100 },
        failedEntries: { count: 1 },
        lastSliceAt: new Date(noon - minute).toISOString(),
      },
    ]);
  });

  it('answers with 503 when a source is red', () => {
    const { status: _, ...never } = observed();
    const answer = healthAnswer(report(never), monitor);
    expect(answer.status).toBe(503);
    expect(JSON.parse(String(answer.body))).toMatchObject({ sources: [{ reasons: [{ code: 'never-ran' }] }] });
  });

  it('lets the address choose, whatever the caller says', () => {
    const type = (wanted: Parameters<typeof healthAnswer>[1]) =>
      (healthAnswer(report(observed()), wanted).headers as Record<string, string>)['content-type'];
    expect(type({ ...browser, format: 'json' })).toMatch(/json/);
    expect(type({ ...monitor, format: 'html' })).toMatch(/html/);
  });
});

describe('what the page is made of', () => {
  it('escapes values, not templates', () => {
    expect(html`<p>${'<b>'}${[html`<i>${1}</i>`, undefined, 'a&b']}</p>`.text).toBe(
      '<p>&#60;b&#62;<i>1</i>a&#38;b</p>',
    );
    expect(escaped('a\nb')).toBe('a\nb');
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_200, '1.2 kB'],
    [123_456_789, '123 MB'],
    [2e15, '2000 TB'],
  ])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it.each([
    [400, '0 s'],
    [61_000, '1 min 1 s'],
    [3_660_000, '1 h 1 min'],
  ])('%d ms are %s', (ms, text) => expect(lagText(ms)).toBe(text));
});
