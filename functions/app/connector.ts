import { randomUUID } from 'node:crypto';
import { insightsValues } from '../../shared/azure/insights/target.ts';
import { storageValues } from '../../shared/azure/storage/accountValues.ts';
import { type Connector, compose } from '../../shared/compose/connector.ts';
import { settingsProblems } from '../../shared/compose/problems.ts';
import { systemClock } from '../../shared/kit/systemClock.ts';
import { readSettings } from '../../shared/settings/settings.ts';
import { type Logger, telemetry } from '../../shared/telemetry.ts';
import { version } from '../../shared/words/version.ts';
import { publishProgress } from './progress.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that are missing or wrong: a failed invocation, whose message is what Azure's monitoring shows. */
export class SettingsRefused extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`${problems.length} settings must be put right: ${problems.join('; ')}`);
    this.name = 'SettingsRefused';
    this.problems = problems;
  }
}

// For clients that the AWS SDK makes by itself to find credentials: neither environment nor file leads them elsewhere.
process.env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] = 'true';

let composed: Connector | undefined;

/**
 * The connector of this process, composed at first use, since an entry file that throws while loading stops the whole
 * app. App settings cannot change under a running process: Azure starts it anew.
 */
export function connectorOf(environment: Environment, logger: Logger): Connector {
  composed ??= composeFrom(environment, logger);
  return composed;
}

function composeFrom(environment: Environment, logger: Logger): Connector {
  const reading = readSettings(environment);
  const problems = settingsProblems(environment);
  const report = telemetry(logger);
  if (reading.doubts.length > 0) {
    report({ type: 'settings-doubted', doubts: reading.doubts });
  }
  if (!reading.ok || problems.length > 0) {
    report({ type: 'settings-refused', problems });
    throw new SettingsRefused(problems);
  }
  return compose(reading.settings, {
    clock: systemClock,
    random: Math.random,
    instance: randomUUID(),
    version,
    // https://learn.microsoft.com/azure/app-service/reference-app-settings#app-environment
    app: environment['WEBSITE_SITE_NAME'] ?? 'local',
    storage: storageValues(environment),
    insights: insightsValues(environment),
    logger,
    watch: publishProgress,
    // https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
    identity: environment['IDENTITY_ENDPOINT'] === undefined ? 'developer' : 'managed-identity',
  });
}
