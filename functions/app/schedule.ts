import { settingsProblems } from '../../shared/compose/problems.ts';
import { isSchedule } from '../../shared/settings/schedule.ts';
import { defaultSchedule } from '../../shared/settings/table.ts';
import { type Logger, telemetry } from '../../shared/telemetry.ts';
import type { Environment } from './connector.ts';

/** When the drain begins, as the Functions host takes it. */
export interface DrainTimer {
  readonly schedule: string;
  readonly runOnStartup: boolean;
}

/**
 * The schedule that is set, else the table's default: a reference such as `%DRAIN_SCHEDULE%` would be read by the host,
 * which knows no default and starts nothing when it cannot read it. With settings that no drain can work with, the start
 * says so, and an invocation is made at once, whose failure Azure's monitoring shows within seconds.
 */
export function drainTimer(environment: Environment, logger: Logger): DrainTimer {
  const asked = environment['DRAIN_SCHEDULE']?.trim() ?? '';
  const problems = settingsProblems(environment);
  if (problems.length > 0) {
    telemetry(logger)({ type: 'settings-refused', problems });
  }
  return {
    schedule: isSchedule(asked) ? asked : defaultSchedule,
    runOnStartup: problems.length > 0,
  };
}
