import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process that answers each order, one at a time. */
export interface AskedProcess<Order, Answer> {
  /** What it said when it was ready. */
  readonly first: Answer;
  /** @throws Error while another order has no answer, and after one that never got any: an answer does not say whose it is */
  ask(order: Order): Promise<Answer>;
  end(): Promise<void>;
  /** For one that never answers. */
  kill(): void;
}

/** Who is told to end and does not is killed; a busy machine takes its time. */
const endBoundMs = 30_000;

/**
 * Starts a script that uses `answerParent`. An answer may take as long as it takes: what ends the wait is the end of the
 * process. @throws Error when it ends instead of answering
 */
export async function startAsked<Order extends object, Answer>(
  script: URL,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<AskedProcess<Order, Answer>> {
  const path = fileURLToPath(script);
  const child = fork(path, args, {
    env: environment,
    // In a group of its own: Ctrl-C in a terminal is for the parent, which ends this one in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let isAsked = false;
  try {
    const first = await answerOf<Answer>(child, path);
    return {
      first,
      async ask(order) {
        if (isAsked) throw new Error(`${path} is asked one question at a time, and the last has no answer`);
        isAsked = true;
        const answer = await answerOf<Answer>(child, path, order);
        isAsked = false;
        return answer;
      },
      end: () => ended(child),
      kill: () => void child.kill('SIGKILL'),
    };
  } catch (error) {
    await ended(child);
    throw error;
  }
}

/** In the process that is asked: says that it is ready, and answers until its parent lets go of it, or is gone. */
export function answerParent<Order, Answer>(parts: {
  readonly first: Answer;
  readonly answer: (order: Order) => Promise<Answer>;
  /** Before the process ends. */
  readonly close?: () => Promise<void>;
}): void {
  process.on('message', (order: Order) => {
    // A failure ends the process, which tells the parent.
    void parts.answer(order).then((answer) => process.send?.(answer));
  });
  process.on('disconnect', () => {
    void (parts.close?.() ?? Promise.resolve()).finally(() => process.exit(0));
  });
  process.send?.(parts.first);
}

async function answerOf<Answer>(child: ChildProcess, path: string, order?: object): Promise<Answer> {
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${path} ${reason}`));
      child.once('message', (answer) => resolve(answer as Answer));
      child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
      if (order === undefined) return;
      child.send(order, (error) => {
        if (error !== null) fail(`cannot be asked: ${error.message}`);
      });
    });
  } finally {
    child.removeAllListeners('message');
    child.removeAllListeners('exit');
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), endBoundMs);
  await exited;
  clearTimeout(timer);
}
