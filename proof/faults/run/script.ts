/** Run by `manyRuns`: a testbed in a process of its own, which makes the runs it is asked for, one after the other. */
import { answerParent } from '../../../local/process/asked.ts';
import { startTestbed } from '../processes/testbed.ts';
import type { RunAnswer, RunOrder } from './manyRuns.ts';
import { runOnce } from './runOnce.ts';

/** Story seconds a second: what takes minutes in production takes seconds here, in the same proportions. */
const speed = 20;
/** As the templates set it: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
const maxReceiveCount = 10;
const convergeMs = 180_000;

const [folder, seed] = process.argv.slice(2);
if (folder === undefined) throw new Error('the first argument must be a folder');
const testbed = await startTestbed({
  folder,
  seed: Number(seed),
  speed,
  maxReceiveCount,
  environment: { PATH: process.env['PATH'] },
});

answerParent<RunOrder, RunAnswer>({
  first: { kind: 'ready' },
  async answer({ seed: ofRun, enabled, trace }) {
    const onLine = (instance: number, level: string, line: string) => {
      if (level !== 'debug') process.stderr.write(`${instance} ${level} ${line}\n`);
    };
    const outcome = await runOnce({ testbed, seed: ofRun, enabled, convergeMs, ...(trace && { onLine }) });
    return { kind: 'made', outcome };
  },
  close: () => testbed.stop(),
});
