import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Refusal, systemReason } from './refusal.mjs';

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program to its end and returns its exit code, as a shell would tell it. Signals are passed on: npm hands its own
 * to us, and what a terminal sends to the whole group arrives twice within a moment, which commands take for one.
 * @throws Refusal when the program cannot be started.
 */
export async function runChild([program, ...args], { cwd, env = process.env, stdio }) {
  const child = spawn(program, args, { cwd, env, stdio });
  const handlers = passedOn.map((signal) => [signal, () => child.kill(signal)]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const parentIsWatched = watchParent(() => child.kill('SIGTERM'));
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error) => reject(new Refusal(`${program} cannot be run: ${systemReason(error)}`, 1)));
      child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
    });
  } finally {
    clearInterval(parentIsWatched);
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
}

/** npm that is killed passes nothing on: that shows by our having another parent. */
function watchParent(onGone) {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    onGone();
  }, 500);
  look.unref();
  return look;
}
