import { type BreakName as AwsBreakName, breakNames as awsBreakNames } from './aws/scene/breaks.ts';

/** Misconfigurations that can be provoked, and what each does, for `--break list`. */
export const breaks = {
  'external-id': 'the reader role demands another external ID',
  audience: 'the OIDC provider in AWS accepts another audience',
  subject: 'the hub role demands the subject of another managed identity',
  'sqs-receive': 'the reader role may not receive from the queue',
  's3-get': 'the reader role may not read the log files',
  kms: 'the log files are encrypted with a key that the reader role may not use',
  'dcr-role': 'the managed identity has no role on the data collection rule',
  'dcr-stream': 'the data collection rule has no stream of the configured name',
} as const satisfies Partial<Record<AwsBreakName, string>> & Record<'dcr-role' | 'dcr-stream', string>;

export type BreakName = keyof typeof breaks;

export function isBreakName(name: string): name is BreakName {
  return Object.hasOwn(breaks, name);
}

/** Those that the embedded AWS provokes by itself. */
export function isAwsBreak(name: BreakName): name is BreakName & AwsBreakName {
  return (awsBreakNames as readonly string[]).includes(name);
}
