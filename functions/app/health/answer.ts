import type { HttpResponseInit } from '@azure/functions';
import { page } from '../page/page.ts';
import { contentSecurityPolicy } from '../page/style.ts';
import { healthJson } from './json.ts';
import type { HealthReport } from './report.ts';

export interface Wanted {
  /** Of the query. */
  readonly format: string | null;
  /** The header. */
  readonly accept: string | null;
}

/** One address for people and for monitors: a browser asks for HTML, everything else gets JSON. 503 when red, 200 otherwise. */
export function healthAnswer(report: HealthReport, { accept, format }: Wanted): HttpResponseInit {
  const isPage = format === null ? /\btext\/html\b/i.test(accept ?? '') : format === 'html';
  return {
    status: report.colour === 'red' ? 503 : 200,
    headers: {
      'content-type': isPage ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
      'content-security-policy': isPage ? contentSecurityPolicy : "default-src 'none'; frame-ancestors 'none'",
      // The address may hold the function's key.
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      vary: 'Accept',
    },
    body: isPage ? page(report) : healthJson(report),
  };
}
