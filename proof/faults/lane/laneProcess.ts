/** A lane in a process of its own: makes the runs it is asked for, one after the other. */

import { runOnce } from '../run/runOnce.ts';
import { startLane } from './laneClouds.ts';
import type { FromLane, ToLane } from './laneMessages.ts';

/** Story seconds a second: what takes minutes in production takes seconds here, in the same proportions. */
const speed = 20;
/** As the templates set it: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
const maxReceiveCount = 10;
const convergeMs = 45_000;

const [folder, seed] = process.argv.slice(2);
if (folder === undefined) throw new Error('the first argument must be a folder');
const lane = await startLane({
  folder,
  seed: Number(seed),
  speed,
  maxReceiveCount,
  environment: { PATH: process.env['PATH'] },
});

process.on('message', (message: ToLane) => {
  if (message.type === 'stop') void lane.stop().then(() => process.disconnect());
  else void run(message);
});
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });

async function run({ seed: ofRun, enabled, trace }: Extract<ToLane, { type: 'run' }>): Promise<void> {
  try {
    const onLine = (instance: number, level: string, line: string) => {
      if (level !== 'debug') process.stderr.write(`${instance} ${level} ${line}\n`);
    };
    const outcome = await runOnce({ lane, seed: ofRun, enabled, convergeMs, ...(trace && { onLine }) });
    tell({ type: 'outcome', outcome });
  } catch (error) {
    tell({
      type: 'broken',
      seed: ofRun,
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}

function tell(message: FromLane): void {
  process.send?.(message);
}
