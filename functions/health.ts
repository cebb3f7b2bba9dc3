import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { version } from '../shared/words/version.ts';
import { connectorOf, SettingsRefused } from './app/connector.ts';
import { healthAnswer } from './app/health/answer.ts';
import { refusedReport } from './app/health/report.ts';

/**
 * How the connector is, for people and monitors, from what the drains wrote into storage: this instance may have drained
 * nothing itself. It asks nobody but storage, so that it answers while AWS or the destination are away.
 */
export async function health(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const wanted = { format: request.query.get('format'), accept: request.headers.get('accept') };
  try {
    const report = await connectorOf(process.env, context).health();
    return healthAnswer({ ...report, problems: [] }, wanted);
  } catch (error) {
    if (!(error instanceof SettingsRefused)) throw error;
    return healthAnswer(refusedReport(error.problems, Date.now(), version), wanted);
  }
}

// A key, since the answer names queues, buckets and roles: https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
app.http('health', { methods: ['GET'], authLevel: 'function', route: 'health', handler: health });
