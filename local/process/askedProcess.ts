import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process that answers each order with a look at its state, one question at a time. */
export interface AskedProcess<Order, Look> {
  /** What it said when it was ready. */
  readonly first: Look;
  /** @throws Error while another question has no answer, and after one that never got any: an answer does not say whose it is */
  ask(order: Order): Promise<Look>;
  end(): Promise<void>;
}

/** Bounds every answer: the slowest, storing thousands of objects, takes seconds. */
const answerMs = 60_000;

/** @throws Error when it ends instead of answering, or does neither */
export async function startAsked<Order extends object, Look>(
  script: URL,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<AskedProcess<Order, Look>> {
  const path = fileURLToPath(script);
  const child = fork(path, args, {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let isAsked = false;
  try {
    const first = await answerOf<Look>(child, path);
    return {
      first,
      async ask(order) {
        if (isAsked) throw new Error(`${path} is asked one question at a time, and the last has no answer`);
        isAsked = true;
        const answer = await answerOf<Look>(child, path, order);
        isAsked = false;
        return answer;
      },
      end: () => ended(child),
    };
  } catch (error) {
    await ended(child);
    throw error;
  }
}

async function answerOf<Look>(child: ChildProcess, path: string, order?: object): Promise<Look> {
  const over = new AbortController();
  try {
    return await new Promise<Look>((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${path} ${reason}`));
      child.once('message', (look) => resolve(look as Look));
      child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
      const timer = setTimeout(() => fail(`did not answer for ${answerMs} ms`), answerMs);
      over.signal.addEventListener('abort', () => clearTimeout(timer));
      if (order === undefined) return;
      child.send(order, (error) => {
        if (error !== null) fail(`cannot be asked: ${error.message}`);
      });
    });
  } finally {
    over.abort();
    child.removeAllListeners('message');
    child.removeAllListeners('exit');
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(timer);
}
