import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { check as checkLinks } from '../shared/compose/check/check.ts';
import { jsonText } from '../shared/kit/shortText.ts';
import { systemClock } from '../shared/kit/systemClock.ts';

/**
 * The operator's check where the app really runs, with its identity and its network: 200 when connected, 503 when a link
 * is broken, and the report as JSON either way. It names roles, queues and hosts, so it asks for a key. A monitor may ask
 * every minute, so a message is looked at, which uses up a receive of it, only with `?sample=1`.
 */
export async function check(request: HttpRequest, _context: InvocationContext): Promise<HttpResponseInit> {
  const report = await checkLinks(process.env, {
    clock: systemClock,
    takesSample: request.query.get('sample') === '1',
    identity: process.env['IDENTITY_ENDPOINT'] === undefined ? 'developer' : 'managed-identity',
  });
  return {
    status: report.connected ? 200 : 503,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: jsonText(report),
  };
}

app.http('check', { methods: ['GET'], authLevel: 'function', handler: check });
