import { describe, expect, it } from 'vitest';
import { drainTimer } from '../../../functions/app/schedule.ts';

const sound = {
  WORKSPACE_ID: '3c1f5f0e-6f0a-4f5c-9d1b-2a7e8c4d9b10',
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/reader',
  AWS_HUB_ROLE_ARN: 'arn:aws:iam::444455556666:role/hub',
  AWS_WEB_IDENTITY_AUDIENCE: 'api://connector',
  SQS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/111122223333/trail',
  ALLOWED_BUCKETS: 'trail-bucket',
  LOGS_INGESTION_ENDPOINT: 'https://trail-ab12.westeurope-1.ingest.monitor.azure.com',
  DCR_IMMUTABLE_IDS: 'dcr-0123456789abcdef0123456789abcdef',
  AzureWebJobsStorage__accountName: 'stexample',
};

function timerOf(environment: Readonly<Record<string, string | undefined>>) {
  const errors: string[] = [];
  const nothing = () => undefined;
  const logger = { debug: nothing, info: nothing, warn: nothing, error: (line: string) => errors.push(line) };
  return { ...drainTimer(environment, logger), errors };
}

describe('drainTimer', () => {
  it.each([
    [undefined, '0 * * * * *'],
    [' ', '0 * * * * *'],
    ['0 */5 * * * *', '0 */5 * * * *'],
  ])('takes the schedule %j as %s', (DRAIN_SCHEDULE, schedule) => {
    expect(timerOf({ ...sound, DRAIN_SCHEDULE })).toEqual({ schedule, runOnStartup: false, errors: [] });
  });

  it.each([
    ['no settings at all', {}, /WORKSPACE_ID is missing/],
    ['a schedule that cannot be read', { ...sound, DRAIN_SCHEDULE: 'every minute' }, /DRAIN_SCHEDULE must be/],
    ['a reference that nothing resolved', { ...sound, DRAIN_SCHEDULE: '%DRAIN_SCHEDULE%' }, /DRAIN_SCHEDULE must be/],
    ['a garbage connection string', { ...sound, AzureWebJobsStorage: 'garbage' }, /AzureWebJobsStorage must be/],
  ])('with %s runs at once, so that its failure is seen, and says so at the start', (_what, environment, problem) => {
    const { schedule, runOnStartup, errors } = timerOf(environment);
    expect([schedule, runOnStartup]).toEqual(['0 * * * * *', true]);
    expect(errors).toEqual([expect.stringMatching(problem)]);
    expect(JSON.parse(errors[0] ?? '')).toMatchObject({ event: 'settings-refused' });
  });
});
